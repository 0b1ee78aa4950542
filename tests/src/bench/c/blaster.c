// Sends UDP datagrams at a steady rate: blaster ADDRESS PORT PER_SECOND SECONDS SIZE_MIN SIZE_MAX
//
// Sizes are uniform in SIZE_MIN..SIZE_MAX (payload bytes) from a fixed seed, so every run sends the same row of sizes.
// Prints "sent N refused N" at the end. One sendmmsg per millisecond: the sender itself costs little.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 256, PAYLOAD_MAX = 65507 };

static uint32_t next_random(uint32_t *state) { // xorshift32
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  return *state;
}

static int64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int main(int count, char **arguments) {
  if (count != 7) {
    fprintf(stderr, "usage: blaster ADDRESS PORT PER_SECOND SECONDS SIZE_MIN SIZE_MAX\n");
    return 2;
  }
  int64_t per_second = atoll(arguments[3]);
  double seconds = atof(arguments[4]);
  uint32_t size_min = atoi(arguments[5]), size_max = atoi(arguments[6]);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[2]))};
  if (inet_pton(AF_INET, arguments[1], &to.sin_addr) != 1 || size_max < size_min || size_max > PAYLOAD_MAX || per_second < 1) {
    fprintf(stderr, "blaster: bad address, rate or sizes\n");
    return 2;
  }
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  int buffer = 4 << 20;
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
  if (connect(fd, (struct sockaddr *)&to, sizeof to)) {
    perror("blaster: connect");
    return 1;
  }

  static uint8_t payload[PAYLOAD_MAX];
  static struct iovec parts[BATCH];
  static struct mmsghdr messages[BATCH];
  for (int i = 0; i < BATCH; i++) {
    parts[i].iov_base = payload;
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  uint32_t state = 2463534242u;
  int64_t start = now_ns(), total = (int64_t)(per_second * seconds), attempted = 0, sent = 0, refused = 0;
  while (attempted < total) {
    int64_t due = (int64_t)((now_ns() - start) / 1e9 * per_second) + 1;
    if (due > total) due = total;
    while (attempted < due) {
      int batch = due - attempted < BATCH ? (int)(due - attempted) : BATCH;
      for (int i = 0; i < batch; i++) parts[i].iov_len = size_min + next_random(&state) % (size_max - size_min + 1);
      int done = sendmmsg(fd, messages, batch, 0);
      if (done < 0) {
        refused++;
        done = 1;
      } else {
        sent += done;
      }
      attempted += done;
    }
    struct timespec pause = {0, 1000000};
    clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
  }
  printf("sent %ld refused %ld\n", (long)sent, (long)refused);
  return 0;
}
