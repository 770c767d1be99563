/* A planted fault: loaded before libc into the server in the guest, it leaves out the syncs of the thread that commits,
   which is what SQLite does with synchronous=NORMAL. The syncs of checkpoints are done. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
#include <sys/prctl.h>

static int committing(void) {
  char name[17] = {0};
  prctl(PR_GET_NAME, name);
  return strcmp(name, "store-writer") == 0;
}

static int pass_on(const char *name, int fd) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  return committing() ? 0 : real(fd);
}

int fdatasync(int fd) { return pass_on("fdatasync", fd); }
int fsync(int fd) { return pass_on("fsync", fd); }
