#ifndef CRENAME_H
#define CRENAME_H

/// Gives a file or folder another name, unless there is something under that name: then it fails with EEXIST.
///
/// glibc's renameat2 with RENAME_NOREPLACE, which is hidden from Swift. Returns 0, or -1 with errno; EINVAL where the file system cannot do it.
int rename_without_replacing(int from_folder, const char *from, int to_folder, const char *to);

#endif
