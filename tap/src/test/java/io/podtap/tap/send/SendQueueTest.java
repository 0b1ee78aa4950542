/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.config.Endpoint;
import io.podtap.core.linux.Errno;
import io.podtap.core.packet.Bytes;
import io.podtap.core.testing.Allocation;
import io.podtap.tap.link.FailureCause;
import io.podtap.tap.link.FailureCounters;
import io.podtap.tap.testing.RecordingOutput;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SendQueueTest {

  private final Arena arena = Arena.ofConfined();
  private final FailureCounters failures = new FailureCounters();
  private final SendQueue queue = new SendQueue(arena, failures);
  private final RecordingOutput output = new RecordingOutput();
  private final RecordingOutput other = new RecordingOutput();
  private final SensorLanes sensor =
      new SensorLanes(Endpoint.parse("10.0.0.3", 4_789), List.of(output, other), 0);

  @AfterEach
  void closeMemory() {
    arena.close();
  }

  /** Sends a datagram that says which one of its flow it is. */
  private void send(Lane lane, int flow, int number, int bytes) {
    long at = queue.reserve(lane, flow, bytes);
    Bytes.putI32(queue.buffer(), at, flow);
    Bytes.putI32(queue.buffer(), at + 4, number);
  }

  private static List<String> shape(RecordingOutput output) {
    return output.calls.stream()
        .map(call ->
            call.datagrams().size()
                + "x"
                + call.datagramBytes()
                + (call.datagrams().getLast().length < call.datagramBytes()
                    ? "+" + call.datagrams().getLast().length
                    : ""))
        .toList();
  }

  @Test
  void joinsEqualDatagramsUntilTheBatchIsFull() {
    for (int i = 0; i < 258; i++) {
      send(sensor.lane(0), 1, i, 100);
    }
    queue.flush();
    assertThat(shape(output)).containsExactly("128x100", "128x100", "2x100");
  }

  @Test
  void nothingOvertakesAcrossABarrier() {
    send(sensor.lane(0), 1, 0, 100);
    queue.barrier();
    send(sensor.lane(1), 2, 0, 200);
    queue.barrier();
    send(sensor.lane(0), 3, 0, 100);
    send(sensor.lane(0), 4, 0, 60);
    queue.flush();

    assertThat(shape(output)).containsExactly("1x100", "2x100+60");
    assertThat(shape(other)).containsExactly("1x200");
  }

  @Test
  void keepsABatchWithinWhatUdpTakes() {
    for (int i = 0; i < 50; i++) {
      send(sensor.lane(0), 1, i, 1_472);
    }
    queue.flush();
    assertThat(shape(output)).containsExactly("44x1472", "6x1472");
  }

  @Test
  void takesAShorterDatagramAlongAsTheLast() {
    send(sensor.lane(0), 1, 0, 1_000);
    send(sensor.lane(0), 1, 1, 1_000);
    send(sensor.lane(0), 1, 2, 300);
    send(sensor.lane(0), 1, 3, 1_000);
    queue.flush();
    assertThat(shape(output)).containsExactly("3x1000+300", "1x1000");
  }

  @Test
  void startsABatchForALongerDatagram() {
    send(sensor.lane(0), 1, 0, 300);
    send(sensor.lane(0), 1, 1, 1_000);
    queue.flush();
    assertThat(shape(output)).containsExactly("1x300", "1x1000");
  }

  @Test
  void letsFlowsOvertakeEachOtherToFillBatches() {
    for (int i = 0; i < 20; i++) {
      send(sensor.lane(0), i, 0, 200);
      send(sensor.lane(0), i, 1, 900);
      send(sensor.lane(0), i, 2, 66);
    }
    queue.flush();
    assertThat(shape(output)).containsExactly("20x200", "20x900", "20x66");
  }

  @Test
  void keepsLanesApart() {
    send(sensor.lane(0), 1, 0, 200);
    send(sensor.lane(1), 2, 0, 200);
    queue.flush();
    assertThat(shape(output)).containsExactly("1x200");
    assertThat(shape(other)).containsExactly("1x200");
    assertThat(sensor.lane(1).packetsSent()).isEqualTo(1);
  }

  @Test
  void neverReordersAFlow() {
    for (long seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      int flows = 1 + random.nextInt(40);
      int[] sizes = random.ints(1 + random.nextInt(100), 20, 2_000).toArray();
      Map<Integer, Integer> sent = new HashMap<>();
      output.calls.clear();
      int count = 1_000 + random.nextInt(1_000);
      for (int i = 0; i < count; i++) {
        int flow = random.nextInt(flows);
        int number = sent.merge(flow, 1, Integer::sum) - 1;
        send(sensor.lane(0), flow, number, sizes[random.nextInt(sizes.length)]);
        if (random.nextInt(300) == 0) {
          queue.flush();
        }
      }
      queue.flush();
      Map<Integer, Integer> received = new HashMap<>();
      for (byte[] datagram : output.datagrams()) {
        ByteBuffer bytes = ByteBuffer.wrap(datagram);
        int flow = bytes.getInt();
        assertThat(bytes.getInt())
            .as("seed %d flow %d", seed, flow)
            .isEqualTo(received.merge(flow, 1, Integer::sum) - 1);
      }
      assertThat(received).as("seed %d", seed).isEqualTo(sent);
      for (RecordingOutput.Call call : output.calls) {
        assertThat(call.datagrams()).hasSizeLessThanOrEqualTo(SendQueue.BATCH_DATAGRAMS_MAX);
        int bytes = call.datagrams().stream().mapToInt(datagram -> datagram.length).sum();
        assertThat(bytes).isLessThanOrEqualTo(65_507);
      }
    }
  }

  @Test
  void countsEveryDatagramAsSentOrFailed() {
    Random random = new Random(3);
    int[] errors = {
      Errno.EMSGSIZE, Errno.EAGAIN, Errno.ENOBUFS, Errno.ENETUNREACH, Errno.EPERM, Errno.EIO
    };
    output.failures = call -> random.nextInt(3) == 0 ? errors[random.nextInt(errors.length)] : 0;
    for (int i = 0; i < 10_000; i++) {
      send(sensor.lane(0), random.nextInt(9), i, 100 + random.nextInt(5));
    }
    queue.flush();
    assertThat(sensor.lane(0).packetsSent()).isEqualTo(output.datagrams().size());
    assertThat(sensor.lane(0).packetsSent() + failures.packets().total()).isEqualTo(10_000);
    assertThat(failures.packets().toMap())
        .containsKeys(
            FailureCause.SEND_BUFFER_FULL,
            FailureCause.SENSOR_UNREACHABLE,
            FailureCause.NOT_PERMITTED,
            FailureCause.OTHER);
  }

  @Test
  void sendsAgainWhenTheErrorBelongsToAnEarlierDatagram() {
    output.failures = call -> call == 0 ? Errno.ECONNREFUSED : 0;
    send(sensor.lane(0), 1, 0, 100);
    queue.flush();
    assertThat(shape(output)).containsExactly("1x100");
    assertThat(sensor.lane(0).asynchronousErrors()).isEqualTo(1);
    assertThat(failures.packets().total()).isZero();
  }

  @Test
  void adaptsToAShrunkenAndAGrownPath() {
    assertThat(sensor.datagramBytesMax()).isEqualTo(1_472);
    output.enforcesMtu = true;
    output.mtu = 1_280;
    send(sensor.lane(0), 1, 0, 1_472);
    queue.flush();
    assertThat(failures.packets().get(FailureCause.PATH_MTU)).isEqualTo(1);
    assertThat(sensor.datagramBytesMax()).isEqualTo(1_252);

    output.mtu = 9_000;
    other.mtu = 9_000;
    sensor.refresh();
    assertThat(sensor.datagramBytesMax()).isEqualTo(8_972);
  }

  @Test
  void sendsAgainWhatFitsWhenAnEarlierDatagramDidNot() {
    output.failures = call -> call == 0 ? Errno.EMSGSIZE : 0;
    output.mtu = 1_280;
    send(sensor.lane(0), 1, 0, 1_252);
    send(sensor.lane(0), 1, 1, 1_252);
    queue.flush();
    assertThat(shape(output)).containsExactly("2x1252");
    assertThat(failures.packets().total()).isZero();
    assertThat(sensor.datagramBytesMax()).isEqualTo(1_252);
  }

  @Test
  void letsWhatBecameTooLongBeMadeToFitInItsPlace() {
    queue.refitter((lane, buffer, offset, length) -> {
      int half = length / 2;
      lane.sendPiece(buffer, offset, half, failures);
      lane.sendPiece(buffer, offset + half, length - half, failures);
      return 2;
    });
    output.enforcesMtu = true;
    output.mtu = 1_280;
    for (int i = 0; i < 3; i++) {
      send(sensor.lane(0), 1, i, 1_400);
    }
    send(sensor.lane(0), 1, 3, 1_000); // taken along as the last
    send(sensor.lane(0), 1, 4, 1_300);
    queue.flush();
    assertThat(shape(output))
        .containsExactly(
            "1x700", "1x700", "1x700", "1x700", "1x700", "1x700", "1x1000", "1x650", "1x650");
    List<Integer> numbers = new ArrayList<>();
    for (int i : new int[] {0, 2, 4, 6, 7}) {
      numbers.add(ByteBuffer.wrap(output.datagrams().get(i)).getInt(4));
    }
    assertThat(numbers).containsExactly(0, 1, 2, 3, 4);
    assertThat(failures.packets().total()).isZero();
    assertThat(sensor.lane(0).packetsSent()).isEqualTo(9);
  }

  @Test
  void closesItsOutputs() {
    sensor.close();
    assertThat(List.of(output.closed, other.closed)).containsExactly(true, true);
  }

  /** Takes everything and keeps nothing. */
  private static final class Nowhere implements DatagramOutput {
    @Override
    public int send(MemorySegment buffer, long offset, int length, int datagramBytes) {
      return (length + datagramBytes - 1) / datagramBytes;
    }

    @Override
    public void join(boolean joined) {}

    @Override
    public int receive(Inbox inbox) {
      return 0;
    }

    @Override
    public int failure() {
      return 0;
    }

    @Override
    public int pathMtu() {
      return 1_500;
    }

    @Override
    public int headerBytes() {
      return 28;
    }

    @Override
    public int sourcePort() {
      return 50_000;
    }

    @Override
    public void close() {}
  }

  @Test
  void allocatesNothing() {
    List<DatagramOutput> outputs = new ArrayList<>(List.of(new Nowhere(), new Nowhere()));
    SensorLanes lanes = new SensorLanes(Endpoint.parse("10.0.0.3", 4_789), outputs, 0);
    int[] at = new int[1];
    long allocated =
        Allocation.ofWarm(
            1_000,
            () -> {
              for (int i = 0; i < 40; i++) {
                int number = at[0]++;
                queue.reserve(lanes.lane(number & 1), number % 7, 66 + number % 5 * 100);
              }
              queue.flush();
            });
    assertThat(allocated).isZero();
  }
}
