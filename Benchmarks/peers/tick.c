// SPDX-License-Identifier: Apache-2.0
// tick FILE [worker]: a check that passes; each run appends a byte to FILE, whose size says how many there were.
// With `worker` it stays and answers a line of JSON for every line it gets, as a script probe of mode `worker` does.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int count, char **arguments) {
    if (count < 2) return 3;
    int file = open(arguments[1], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0) return 3;
    if (count < 3 || strcmp(arguments[2], "worker")) return write(file, ".", 1) == 1 ? 0 : 3;
    char line[4096];
    while (fgets(line, sizeof line, stdin)) {
        long check;
        if (sscanf(line, "{\"check\":%ld", &check) != 1 || write(file, ".", 1) != 1) return 3;
        printf("{\"check\":%ld,\"status\":0,\"output\":\"OK\"}\n", check);
        fflush(stdout);
    }
    return 0;
}
