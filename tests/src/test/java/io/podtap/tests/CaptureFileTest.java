/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is counted in one run of tshark is what it counts one by one. */
@RequiresTool("tshark")
class CaptureFileTest {

  private static final String DEMO = "cli/src/main/resources/io/podtap/cli/demo/demo.pcap";
  private static final int FILE_HEADER_BYTES = 24;

  @TempDir private Path folder;

  @Test
  void countsOfManyFiltersAreThoseOfEach() {
    CaptureFile demo = new CaptureFile(Repository.root().resolve(DEMO));
    String[] filters = {
      "tcp", "udp && udp.port == 53", "frame.number <= 3", "sctp", "frame.len > 1 || (ip && tcp)"
    };
    assertThat(demo.counts(filters))
        .isEqualTo(Arrays.stream(filters).map(demo::count).toList())
        .contains(0L, 3L);
    assertThat(demo.countsWithoutComplaint("frame.number <= 3")).containsExactly(3L);
    assertThatThrownBy(() -> demo.counts("ip.ttl in {1, 2}")).hasMessageContaining("comma");
  }

  /** tshark's table has no row for these. */
  @Test
  void aCaptureOfNoPacketOrOneIsCounted() throws IOException {
    byte[] all = Files.readAllBytes(Repository.root().resolve(DEMO));
    Path one = Files.write(folder.resolve("one.pcap"), Arrays.copyOf(all, endOfFrame(all, 1)));
    assertThat(new CaptureFile(one).counts("frame", "sctp")).isEqualTo(List.of(1L, 0L));
    Path empty = Files.write(folder.resolve("empty.pcap"), Arrays.copyOf(all, FILE_HEADER_BYTES));
    assertThat(new CaptureFile(empty).counts("tcp", "udp")).isEqualTo(List.of(0L, 0L));
  }

  /** A checksum that is wrong, at the end of the first frame of TCP or UDP over IPv4. */
  @Test
  void aComplaintIsAFailureThatSaysIt() throws IOException {
    byte[] damaged = Files.readAllBytes(Repository.root().resolve(DEMO));
    CaptureFile demo = new CaptureFile(Repository.root().resolve(DEMO));
    int number = Integer.parseInt(demo.fields("ip && tcp.len > 0", "frame.number").getFirst());
    damaged[endOfFrame(damaged, number) - 1] ^= 1;
    CaptureFile file = new CaptureFile(Files.write(folder.resolve("damaged.pcap"), damaged));
    assertThatThrownBy(() -> file.countsWithoutComplaint("tcp"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("1 complaints: [" + number + "\t");
  }

  private static int endOfFrame(byte[] capture, int number) {
    int at = FILE_HEADER_BYTES;
    for (int i = 0; i < number; i++) {
      int length = Byte.toUnsignedInt(capture[at + 8]) | Byte.toUnsignedInt(capture[at + 9]) << 8;
      at += 16 + length;
    }
    return at;
  }
}
