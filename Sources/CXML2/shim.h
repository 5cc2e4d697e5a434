#include <libxml/xmlversion.h>
/* Debian's libxml2 uses ICU, whose headers clash with those of Swift's Foundation. Only a structure that we never touch is different without. */
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
