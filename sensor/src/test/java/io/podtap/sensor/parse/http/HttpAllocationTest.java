/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.podtap.sensor.dispatch.StreamScript;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Content that is only passed on allocates nothing of its own. */
class HttpAllocationTest {

  private static final int PIECES = 20_000;
  private static final byte[] PIECE = new byte[1_460];

  @Test
  void passesContentOnWithoutCopying() {
    StreamScript script =
        StreamScript.tcp(80, Integer.MAX_VALUE)
            .client("GET / HTTP/1.1\r\n\r\n")
            .server("HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n");
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    say(script);
    long before = threads.getCurrentThreadAllocatedBytes();
    say(script);
    long perPiece = (threads.getCurrentThreadAllocatedBytes() - before) / PIECES;

    // The script itself copies each piece and makes a segment of it.
    assertThat(perPiece).isLessThan(PIECE.length + 128);
  }

  private static void say(StreamScript script) {
    for (int i = 0; i < PIECES; i++) {
      script.say(/* fromClient= */ false, PIECE);
    }
  }
}
