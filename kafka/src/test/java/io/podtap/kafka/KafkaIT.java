/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.podtap.sensor.broker.BrokerSettings;
import io.podtap.sensor.broker.Outbox;
import io.podtap.sensor.broker.OutboxSummary;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.sink.BrokerSink;
import io.podtap.sensor.sink.LogStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The sensor's sink against a real broker on the loopback address. */
@Timeout(180)
class KafkaIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  private record Row(String connection, int number) {}

  private static LogSchema<Row> schema(String log) {
    return LogSchema.<Row>named(log, "For the test.")
        .wire("uid", "The connection.", Row::connection)
        .count("n", "The record.", Row::number)
        .build();
  }

  @Test
  void recordsArriveInOrderWithTheConnectionAsKey() throws Exception {
    try (LocalBroker broker = new LocalBroker(folder, Map.of()).start()) {
      Outbox outbox = outbox(broker, Outbox.RECORDS_MAX);
      BrokerSink sink = new BrokerSink(outbox);
      LogStream<Row> conn = sink.open(schema("conn"));
      LogStream<Row> dns = sink.open(schema("dns"));
      for (int i = 0; i < 2_000; i++) {
        conn.write(new Row("C" + i % 20, i));
        dns.write(new Row("C" + i % 20, i));
      }
      sink.close();

      assertThat(outbox.summary())
          .isEqualTo(
              new OutboxSummary(
                  0,
                  List.of(
                      new OutboxSummary.Log("conn", 2_000, 0, 0, 0),
                      new OutboxSummary.Log("dns", 2_000, 0, 0, 0))));
      for (String topic : List.of("podtap.conn", "podtap.dns")) {
        List<ConsumerRecord<String, String>> records = read(broker, topic);
        assertThat(records).hasSize(2_000);
        for (int connection = 0; connection < 20; connection++) {
          isWholeAndInOrder(records, connection);
        }
        assertThat(records.stream().map(ConsumerRecord::partition).distinct()).hasSize(4);
      }
      assertThat(said()).isEmpty();
    }
  }

  private static void isWholeAndInOrder(
      List<ConsumerRecord<String, String>> records, int connection) {
    String key = "C" + connection;
    List<ConsumerRecord<String, String>> own =
        records.stream().filter(record -> record.key().equals(key)).toList();
    assertThat(own.stream().map(ConsumerRecord::partition).distinct()).hasSize(1);
    assertThat(own.stream().map(ConsumerRecord::value))
        .containsExactlyElementsOf(
            IntStream.range(0, 100)
                .mapToObj(i -> "{\"uid\":\"" + key + "\",\"n\":" + (20 * i + connection) + '}')
                .toList());
  }

  @Test
  void nothingIsLostWhenTheBrokerComesLateOrIsKilledAndComesBack() throws Exception {
    try (LocalBroker broker = new LocalBroker(folder, Map.of())) {
      Outbox outbox = outbox(broker, Outbox.RECORDS_MAX);
      Outbox.Slot conn = outbox.open("conn");
      offer(conn, 0, 100);
      broker.start();
      await().atMost(PATIENCE).until(delivered(outbox, 100));

      broker.kill();
      offer(conn, 100, 300);
      Thread.sleep(1_500); // long enough to be noticed
      offer(conn, 300, 500);
      assertThat(outbox.summary().logs().getFirst().buffered()).isEqualTo(400);
      broker.start();
      await().atMost(PATIENCE).until(delivered(outbox, 500));
      outbox.close();

      assertThat(read(broker, "podtap.conn").stream().map(ConsumerRecord::value))
          .containsExactlyElementsOf(IntStream.range(0, 500).mapToObj(i -> "" + i).toList());
      assertThat(said()).isEmpty();
    }
  }

  @Test
  void aBrokerThatStandsStillCostsRecordsButNoTime() throws Exception {
    try (LocalBroker broker = new LocalBroker(folder, Map.of()).start()) {
      Outbox outbox = outbox(broker, 500);
      Outbox.Slot conn = outbox.open("conn");
      offer(conn, 0, 100);
      await().atMost(PATIENCE).until(delivered(outbox, 100));

      broker.standStill(true);
      offer(conn, 100, 20_000); // returns, though nobody takes them
      broker.standStill(false);
      await().atMost(PATIENCE).until(() -> outbox.summary().logs().getFirst().buffered() == 0);
      outbox.close();

      OutboxSummary.Log log = outbox.summary().logs().getFirst();
      assertThat(log).isEqualTo(new OutboxSummary.Log("conn", 600, 19_400, 0, 0));
      assertThat(read(broker, "podtap.conn").stream().map(ConsumerRecord::value))
          .containsExactlyElementsOf(IntStream.range(0, 600).mapToObj(i -> "" + i).toList());
      assertThat(said()).contains("19400 records did not reach Kafka: conn 19400");
    }
  }

  @Test
  void aTopicThatIsNotThereDoesNotHoldUpTheOthers() throws Exception {
    try (LocalBroker broker =
        new LocalBroker(folder, Map.of("auto.create.topics.enable", "false")).start()) {
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.address()))) {
        admin.createTopics(List.of(new NewTopic("podtap.conn", 1, (short) 1))).all().get();
      }
      Outbox outbox = outbox(broker, Outbox.RECORDS_MAX);
      Outbox.Slot dns = outbox.open("dns");
      Outbox.Slot conn = outbox.open("conn");
      offer(dns, 0, 50);
      offer(conn, 0, 50);
      await().atMost(PATIENCE).until(() -> outbox.summary().logs().get(1).delivered() == 50);
      outbox.close();

      assertThat(outbox.summary().logs().getFirst())
          .isEqualTo(new OutboxSummary.Log("dns", 0, 0, 50, 0));
      assertThat(said()).contains("50 records did not reach Kafka: dns 50");
    }
  }

  /** Numbers, all of one connection. */
  private static void offer(Outbox.Slot slot, int from, int to) {
    byte[] key = "C1".getBytes(StandardCharsets.US_ASCII);
    for (int i = from; i < to; i++) {
      slot.offer(key, ("" + i).getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static Callable<Boolean> delivered(Outbox outbox, int count) {
    return () -> outbox.summary().logs().getFirst().delivered() == count;
  }

  private Outbox outbox(LocalBroker broker, int recordsMax) {
    BrokerSettings settings =
        BrokerSettings.of(broker.address(), BrokerSettings.TOPIC_DEFAULT, List.of());
    return new Outbox(
        new KafkaConnector().connect(settings),
        settings,
        recordsMax,
        Outbox.BYTES_MAX,
        PATIENCE,
        new PrintStream(said, true, StandardCharsets.UTF_8));
  }

  /** Reads a topic from its beginning to what is its end now. */
  private static List<ConsumerRecord<String, String>> read(LocalBroker broker, String topic) {
    List<ConsumerRecord<String, String>> records = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", broker.address()),
            new StringDeserializer(),
            new StringDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Predicate<TopicPartition> unread =
          partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L);
      while (partitions.stream().anyMatch(unread)) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
    }
    return records;
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }
}
