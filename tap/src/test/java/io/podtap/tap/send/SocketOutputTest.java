/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.config.Endpoint;
import io.podtap.core.linux.ReceiveBatch;
import io.podtap.core.linux.UdpSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over loopback, with what the present kernel takes at once. */
final class SocketOutputTest {

  private static final int BYTES = 20;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sendsAWholeBatchInOrder(boolean joined) {
    int count = SendQueue.BATCH_DATAGRAMS_MAX;
    try (Arena arena = Arena.ofConfined();
        UdpSocket receiver = UdpSocket.open(false).bind(Endpoint.parse("127.0.0.1:0", 0));
        ReceiveBatch batch = new ReceiveBatch(count + 1, 64);
        SocketOutput output =
            SocketOutput.open(
                Endpoint.parse("127.0.0.1", receiver.localPort()), 50_000, 0, 1 << 20)) {
      output.join(joined);
      MemorySegment buffer = arena.allocate((long) count * BYTES);
      for (int i = 0; i < count; i++) {
        buffer.set(ValueLayout.JAVA_BYTE, (long) i * BYTES, (byte) i);
      }

      assertThat(output.send(buffer, 0, count * BYTES - 5, BYTES)).isEqualTo(count);

      assertThat(output.failure()).isZero();
      assertThat(batch.receive(receiver)).isEqualTo(count);
      for (int i = 0; i < count; i++) {
        assertThat(batch.segment().get(ValueLayout.JAVA_BYTE, batch.offset(i))).isEqualTo((byte) i);
        assertThat(batch.length(i)).isEqualTo(i == count - 1 ? BYTES - 5 : BYTES);
      }
    }
  }
}
