"""The text of an emitted file around its statements; `<<…>>` marks what is put in.

Nothing here knows a family. The file must stand alone: it imports torch and nothing else. `common` has what every file
holds, `special` functions that torch lacks, `classes` and `elements` the two layouts.
"""
