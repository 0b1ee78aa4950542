/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.podtap.core.config.Endpoint;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.LinkType;
import io.podtap.core.pcap.PcapngComments;
import io.podtap.core.pcap.PcapngStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ServerOutputTest {

  private static final int QUEUE_BYTES = 1 << 20;

  private final Senders senders = new Senders();
  private final int sender = senders.add(new Sender("a", "", LinkType.ETHERNET));

  private static final PcapngComments UNHEARD =
      new PcapngComments() {
        @Override
        public void onSection(String comment) {}

        @Override
        public void onStatistics(String comment) {}
      };

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Output open(int port, boolean pcapng) {
    return Outputs.open(
            List.of(new OutputSettings.Server(Endpoint.parse("127.0.0.1:" + port, 0), pcapng)),
            senders,
            QUEUE_BYTES)
        .getFirst();
  }

  private static Socket connect(Output output, int port, int readers) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    await()
        .until(() -> {
          output.publish();
          return output.summary().readers() == readers;
        });
    return socket;
  }

  private static void end(Output output) {
    output.stop();
    await().until(output::isEnded);
    output.close();
    OutputSummary end = output.summary();
    assertThat(end.offered()).isEqualTo(end.written() + end.failedTotal());
    assertThat(end.waiting()).isZero();
  }

  /** Reads one record of classic pcap; returns its length. */
  private static int record(DataInputStream in) throws IOException {
    ByteBuffer header = ByteBuffer.wrap(in.readNBytes(16)).order(ByteOrder.nativeOrder());
    int length = header.getInt(8);
    assertThat(in.readNBytes(length)).hasSize(length);
    return length;
  }

  @Test
  void whoConnectsGetsACaptureThatBeginsThen() throws IOException {
    int port = freePort();
    Output output = open(port, false);
    Sending.offer(output, sender, 3, 100);
    assertThat(output.summary().failed()).containsEntry("nobody_connected", 3L);
    try (Socket first = connect(output, port, 1)) {
      DataInputStream in = new DataInputStream(first.getInputStream());
      ByteBuffer header = ByteBuffer.wrap(in.readNBytes(24)).order(ByteOrder.nativeOrder());
      assertThat(header.getInt(0)).as("comes before any frame").isEqualTo(0xA1B23C4D);
      assertThat(header.getInt(20)).isEqualTo(LinkType.ETHERNET);
      Sending.offer(output, sender, 2, 200);
      assertThat(record(in)).isEqualTo(200);
      assertThat(record(in)).isEqualTo(200);

      try (Socket second = connect(output, port, 2)) {
        DataInputStream other = new DataInputStream(second.getInputStream());
        assertThat(other.readNBytes(24)).hasSize(24);
        Sending.offer(output, sender, 1, 300);
        assertThat(record(other)).isEqualTo(300);
        assertThat(record(in)).isEqualTo(300);
      }
    }
    await().until(() -> output.summary().waiting() == 0);
    assertThat(output.summary().written()).isEqualTo(4);
    end(output);
  }

  @Test
  void aNonEthernetFrameGetsAHeader() throws IOException {
    int port = freePort();
    Output output = open(port, false);
    try (Socket reader = connect(output, port, 1)) {
      DataInputStream in = new DataInputStream(reader.getInputStream());
      assertThat(in.readNBytes(24)).hasSize(24);
      output.offer(Sending.rawIp(40), senders.add(new Sender("b", "", LinkType.RAW)));
      output.publish();
      assertThat(record(in)).isEqualTo(54);
    }
    end(output);
  }

  @Test
  void aReaderThatStandsStillMissesFramesAndHoldsBackNobody() throws IOException {
    int port = freePort();
    Output output = open(port, false);
    try (Socket slow = connect(output, port, 1);
        Socket quick = connect(output, port, 2)) {
      assertThat(slow.isConnected()).isTrue();
      AtomicLong read = new AtomicLong();
      Thread.ofVirtual().start(() -> readAll(quick, read));
      for (int i = 0; i < 80; i++) {
        Sending.offer(output, sender, 50, 8_000); // 32 MB in all: more than sockets and queue hold
        await().pollDelay(Duration.ZERO).until(() -> isTakenBy(output));
      }
      assertThat(output.summary().failed()).containsKey("queue_full");
      await("the quick one got all").untilAtomic(read, equalTo(24 + 4_000L * (16 + 8_000)));
      output.stop();
      output.close();
    }
    OutputSummary end = output.summary();
    assertThat(end.offered()).isEqualTo(8_000);
    assertThat(end.offered()).isEqualTo(end.written() + end.failedTotal());
  }

  /** Whoever takes every place and reads nothing keeps nobody out. */
  @Test
  void readersThatStandStillMakeRoom() throws IOException {
    int port = freePort();
    Output output = open(port, false);
    List<Socket> still = new ArrayList<>();
    try {
      for (int i = 1; i <= ServerOutput.READERS_MAX; i++) {
        still.add(connect(output, port, i));
      }
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> {
            Sending.offer(output, sender, 200, 8_000);
            return isServed(output, port);
          });
      assertThat(output.summary().readers()).isLessThanOrEqualTo(ServerOutput.READERS_MAX);
      output.stop();
      output.close();
    } finally {
      for (Socket one : still) {
        one.close();
      }
    }
    OutputSummary end = output.summary();
    assertThat(end.offered()).isEqualTo(end.written() + end.failedTotal());
  }

  /** Returns whether another reader gets the beginning of a capture. */
  private static boolean isServed(Output output, int port) throws IOException {
    try (Socket another = new Socket(InetAddress.getLoopbackAddress(), port)) {
      another.setSoTimeout(100);
      for (int i = 0; i < 20; i++) {
        output.publish();
        try {
          return another.getInputStream().read() >= 0;
        } catch (SocketTimeoutException e) {
          // neither accepted nor refused yet
        }
      }
    } catch (SocketException e) {
      return false; // refused
    }
    return false;
  }

  /** Whether no more waits than one queue holds: the quick reader's is empty. */
  private static boolean isTakenBy(Output output) {
    return output.summary().waiting() <= QUEUE_BYTES / 8_000;
  }

  private static void readAll(Socket socket, AtomicLong read) {
    byte[] buffer = new byte[64 << 10];
    try {
      for (int length = 0; length >= 0; length = socket.getInputStream().read(buffer)) {
        read.addAndGet(length);
      }
    } catch (IOException e) {
      assertThat(socket.isClosed()).isTrue();
    }
  }

  @Test
  void pcapngHasTheSendersNames() throws IOException {
    int port = freePort();
    Output output = open(port, true);
    try (Socket reader = connect(output, port, 1)) {
      Sending.offer(output, sender, 5, 777);
      int[] seen = new int[1];
      PcapngStream stream = new PcapngStream(UNHEARD);
      FrameHandler handler =
          new FrameHandler() {
            @Override
            public void onFrame(Frame frame) {
              assertThat(frame.length()).isEqualTo(777);
              seen[0]++;
            }

            @Override
            public void onBatchEnd() {}
          };
      byte[] buffer = new byte[1_000];
      while (seen[0] < 5) {
        int length = reader.getInputStream().read(buffer);
        assertThat(stream.take(MemorySegment.ofArray(buffer), length, handler)).isTrue();
      }
    }
    end(output);
  }
}
