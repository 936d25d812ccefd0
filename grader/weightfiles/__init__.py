"""Reading files of trained weights: from bytes to named arrays, without running anything that a file says.

Pure, and suspicious: every size is held to a limit before memory is taken, and whatever is off is one family of
error with a sentence for the person who sent the file.
"""
