// A tap as one writes it first, with care but without segmentation offload: sendmmsg_tap INTERFACE SENSOR VNI
//
// TPACKET_V3 ring of 8 MiB, VXLAN to port 4789, one sendmmsg per ring block straight from the ring (no copy in user
// space). Frames are sent as captured: a super-frame or a full packet is left to IP fragmentation, and what does not fit
// into a datagram is counted as too long. Prints its counts on SIGTERM or SIGINT.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>

enum { BLOCK_SIZE = 1 << 18, BLOCKS = 32, BATCH = 1024, VXLAN_PORT = 4789, DATAGRAM_MAX = 65507, VXLAN_SIZE = 8 };

static volatile sig_atomic_t is_stopped;
static long frames, sent, too_long, refused;
static struct mmsghdr messages[BATCH];
static struct iovec parts[BATCH][2];

static void stop(int signal) {
  (void)signal;
  is_stopped = 1;
}

static int fail(const char *what) {
  fprintf(stderr, "sendmmsg_tap: ");
  perror(what);
  return 1;
}

static void flush(int fd, int count) {
  for (int at = 0; at < count;) {
    int done = sendmmsg(fd, messages + at, count - at, 0);
    if (done > 0) {
      sent += done;
      at += done;
    } else {
      if (errno == EMSGSIZE) too_long++;
      else refused++;
      at++;
    }
  }
}

int main(int count, char **arguments) {
  if (count != 4) {
    fprintf(stderr, "usage: sendmmsg_tap INTERFACE SENSOR VNI\n");
    return 2;
  }
  signal(SIGTERM, stop);
  signal(SIGINT, stop);
  struct sockaddr_in sensor = {.sin_family = AF_INET, .sin_port = htons(VXLAN_PORT)};
  if (inet_pton(AF_INET, arguments[2], &sensor.sin_addr) != 1) return fail(arguments[2]);
  uint32_t vni = strtoul(arguments[3], NULL, 10);
  uint8_t vxlan[VXLAN_SIZE] = {8, 0, 0, 0, vni >> 16, vni >> 8, vni, 0};

  int in = socket(AF_PACKET, SOCK_RAW, 0), version = TPACKET_V3;
  if (in < 0) return fail("socket");
  if (setsockopt(in, SOL_PACKET, PACKET_VERSION, &version, sizeof version)) return fail("PACKET_VERSION");
  struct tpacket_req3 ring = {.tp_block_size = BLOCK_SIZE, .tp_block_nr = BLOCKS, .tp_frame_size = 2048,
                              .tp_frame_nr = BLOCK_SIZE / 2048 * BLOCKS, .tp_retire_blk_tov = 5};
  if (setsockopt(in, SOL_PACKET, PACKET_RX_RING, &ring, sizeof ring)) return fail("PACKET_RX_RING");
  uint8_t *blocks = mmap(NULL, (size_t)BLOCK_SIZE * BLOCKS, PROT_READ | PROT_WRITE, MAP_SHARED, in, 0);
  if (blocks == MAP_FAILED) return fail("mmap");
  // Everything but IPv4 UDP to the tunnel's port, and its fragments: else the tap would mirror itself.
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),           BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 9),
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 23),           BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 7),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 30),           BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ntohl(sensor.sin_addr.s_addr), 0, 5),
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 20),           BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x1fff, 2, 0),
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 36),           BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, VXLAN_PORT, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0),                     BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
  };
  struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  if (setsockopt(in, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program)) return fail("SO_ATTACH_FILTER");
  struct sockaddr_ll on = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = if_nametoindex(arguments[1])};
  if (!on.sll_ifindex || bind(in, (struct sockaddr *)&on, sizeof on)) return fail(arguments[1]);

  int out = socket(AF_INET, SOCK_DGRAM, 0), buffer = 4 << 20;
  setsockopt(out, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
  if (connect(out, (struct sockaddr *)&sensor, sizeof sensor)) return fail("connect");
  for (int i = 0; i < BATCH; i++) {
    parts[i][0] = (struct iovec){vxlan, VXLAN_SIZE};
    messages[i].msg_hdr = (struct msghdr){.msg_iov = parts[i], .msg_iovlen = 2};
  }

  struct pollfd ready = {in, POLLIN | POLLERR, 0};
  for (unsigned current = 0; !is_stopped; current = (current + 1) % BLOCKS) {
    struct tpacket_block_desc *block = (struct tpacket_block_desc *)(blocks + (size_t)current * BLOCK_SIZE);
    while (!(__atomic_load_n(&block->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER) && !is_stopped) poll(&ready, 1, 100);
    if (is_stopped) break;
    struct tpacket3_hdr *header = (struct tpacket3_hdr *)((uint8_t *)block + block->hdr.bh1.offset_to_first_pkt);
    int batch = 0;
    for (unsigned i = 0; i < block->hdr.bh1.num_pkts; i++) {
      frames++;
      if (header->tp_snaplen > DATAGRAM_MAX - VXLAN_SIZE) {
        too_long++;
      } else {
        parts[batch++][1] = (struct iovec){(uint8_t *)header + header->tp_mac, header->tp_snaplen};
        if (batch == BATCH) {
          flush(out, batch);
          batch = 0;
        }
      }
      header = (struct tpacket3_hdr *)((uint8_t *)header + header->tp_next_offset);
    }
    flush(out, batch);
    __atomic_store_n(&block->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
  }
  struct tpacket_stats_v3 statistics = {0};
  socklen_t size = sizeof statistics;
  getsockopt(in, SOL_PACKET, PACKET_STATISTICS, &statistics, &size);
  printf("frames %ld sent %ld too_long %ld refused %ld drops %u\n", frames, sent, too_long, refused, statistics.tp_drops);
  return 0;
}
