"""The grammar behind ``attention_course.data.translation``: one tree, three languages.

``lexicon``   the words and their forms
``tree``      what a sentence is, before it is in any language
``sample``    draws trees of a wanted length
``english``   writes a tree in English, and notes where each word stands
``french``    writes it in French, each word with the English words it comes from
``german``    writes it in German, likewise
``parse``     reads English back into its one tree
"""
