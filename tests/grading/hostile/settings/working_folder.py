"""Leaves and removes its working folder, and answers rightly.

expect: passed 15
"""
import os
import shutil

folder = os.getcwd()
os.chdir("/")
if folder != "/":
    shutil.rmtree(folder, ignore_errors=True)


def additive_score(query, keys, v):
    return torch.tanh(query[:, None] + keys) @ v
