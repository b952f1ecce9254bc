"""Takes the gated unit from the course's model.

question: gated_unit
expect: barred 0
"""

import attention_course.models.recurrent as units


def gated_unit(input_z, input_r, input_h, h, U_z, U_r, U):
    return units.GatedUnit(1, 1)(h)
