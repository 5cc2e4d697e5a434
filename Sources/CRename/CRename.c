#include "CRename.h"

#include <fcntl.h>
#include <stdio.h>

int rename_without_replacing(int from_folder, const char *from, int to_folder, const char *to) {
    return renameat2(from_folder, from, to_folder, to, RENAME_NOREPLACE);
}
