/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class OutboxTest {

  private static final BrokerSettings SETTINGS = new BrokerSettings("a:1", "t-{log}", Map.of());

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final Gate client = new Gate();

  /** Takes messages when it is open, and says why not when it is shut. */
  private static final class Gate implements BrokerClient {

    final List<String> taken = new ArrayList<>();
    final CountDownLatch open = new CountDownLatch(1);
    volatile int refusals;
    volatile boolean fails;

    @Override
    public synchronized @Nullable String send(
        String topic, byte @Nullable [] key, byte[] value, Receipt receipt)
        throws InterruptedException {
      open.await();
      if (refusals > 0) {
        refusals--;
        return "away";
      }
      if (fails) {
        receipt.failed("too large");
      } else {
        taken.add(topic + ' ' + (key == null ? "-" : text(key)) + ' ' + text(value));
        receipt.delivered();
      }
      return null;
    }

    @Override
    public void close(Duration patience) {}
  }

  @Test
  void sendsInOrderWithTopicAndKey() {
    Outbox outbox = outbox(10, 10_000);
    Outbox.Slot conn = outbox.open("conn");
    Outbox.Slot dns = outbox.open("dns");
    client.refusals = 3;
    client.open.countDown();
    conn.offer(bytes("k"), bytes("1"));
    dns.offer(null, bytes("2"));
    conn.offer(bytes("k"), bytes("3"));
    outbox.close();

    assertThat(client.taken).containsExactly("t-conn k 1", "t-dns - 2", "t-conn k 3");
    assertThat(outbox.summary())
        .isEqualTo(
            new OutboxSummary(
                0,
                List.of(
                    new OutboxSummary.Log("conn", 2, 0, 0, 0),
                    new OutboxSummary.Log("dns", 1, 0, 0, 0))));
    assertThat(said()).isEmpty();
  }

  @Test
  void dropsWhatIsTooManyAndSaysSo() {
    Outbox outbox = outbox(3, 10_000);
    Outbox.Slot conn = outbox.open("conn");
    for (int i = 0; i < 5; i++) {
      conn.offer(null, bytes("" + i));
    }
    assertThat(outbox.summary().logs()).containsExactly(new OutboxSummary.Log("conn", 0, 2, 0, 3));
    client.open.countDown();
    outbox.close();

    assertThat(client.taken).containsExactly("t-conn - 0", "t-conn - 1", "t-conn - 2");
    assertThat(said())
        .isEqualTo(
            "podtap: 2 records did not reach Kafka: conn 2 (more came than the broker took)\n");
  }

  @Test
  void dropsWhatIsTooLongAndHasRoomForTheNext() {
    Outbox outbox = outbox(10, 1_000);
    Outbox.Slot conn = outbox.open("conn");
    conn.offer(null, new byte[700]);
    conn.offer(null, new byte[700]);
    conn.offer(null, bytes("short"));

    assertThat(outbox.summary().logs()).containsExactly(new OutboxSummary.Log("conn", 0, 1, 0, 2));
    client.open.countDown();
    outbox.close();
    assertThat(outbox.summary().bufferedBytes()).isZero();
  }

  @Test
  void countsWhatTheBrokerRefuses() {
    client.fails = true;
    client.open.countDown();
    Outbox outbox = outbox(10, 10_000);
    outbox.open("conn").offer(null, bytes("1"));
    outbox.close();

    assertThat(outbox.summary().logs()).containsExactly(new OutboxSummary.Log("conn", 0, 0, 1, 0));
    assertThat(said()).isEqualTo("podtap: 1 records did not reach Kafka: conn 1 (too large)\n");
  }

  @Test
  void endsThoughTheBrokerDoesNot() {
    Outbox outbox = outbox(10, 10_000);
    Outbox.Slot conn = outbox.open("conn");
    conn.offer(null, bytes("1"));
    conn.offer(null, bytes("2"));
    outbox.close();
    conn.offer(null, bytes("late"));

    assertThat(outbox.summary())
        .isEqualTo(new OutboxSummary(0, List.of(new OutboxSummary.Log("conn", 0, 1, 2, 0))));
    assertThat(said()).contains("2 records did not reach Kafka: conn 2");
  }

  private Outbox outbox(int recordsMax, long bytesMax) {
    return new Outbox(
        client,
        SETTINGS,
        recordsMax,
        bytesMax,
        Duration.ofMillis(300),
        new PrintStream(said, true, StandardCharsets.UTF_8));
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
