/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.kafka.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.podtap.core.trust.authority.Authority;
import io.podtap.kafka.LocalBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three instances in processes of their own and a real broker on the loopback address, which they
 * reach by SASL over TLS, the password from a file. Each topic of records has as many partitions as
 * there are sensors, and each sensor sees a part of what a client does.
 */
@Timeout(420)
class DetectIT {

  private static final Duration PATIENCE = Duration.ofSeconds(150);
  private static final String LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule";
  private static final int SENSORS = 3;
  private static final int CLIENTS = 24;

  /** Failed logins that are guessing, and failed connections that are more than a scan. */
  private static final int GUESSES = 20;

  private static final int ATTEMPTS = 30;

  @TempDir private Path folder;

  @Test
  void aKilledInstanceCostsNoNoticeAndRepeatsNone() throws Exception {
    Map<String, String> options = secured();
    options.put("group.initial.rebalance.delay.ms", "0");
    List<DetectInstance> instances = new ArrayList<>();
    try (LocalBroker broker = new LocalBroker(folder, options).start();
        KafkaProducer<byte[], byte[]> sensors =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.address()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      makeTopics(broker);
      for (int i = 0; i < 3; i++) {
        instances.add(start(broker, "instance-" + i));
      }
      await().atMost(PATIENCE).until(() -> instances.stream().allMatch(DetectIT::runs));
      await().atMost(PATIENCE).until(() -> busyMembers(broker) == 3);

      List<String> expected = new ArrayList<>();
      for (int round = 0; round < ATTEMPTS; round++) {
        sendRound(sensors, round);
        if (round == ATTEMPTS / 2) {
          // All of them have taken some of it, and are taking the rest.
          await().atMost(PATIENCE).until(() -> isOnTheWay(broker));
          sendRound(sensors, ATTEMPTS); // connections of the next round are under way
          instances.get(1).kill();
        }
      }
      for (int sensor = 0; sensor < SENSORS; sensor++) {
        for (int i = 0; i < 30; i++) { // behind everything else, in every partition
          int client = 1_000 + sensor * 100 + i;
          send(sensors, "podtap.http", sensor, SentRecords.password(client));
          expected.add("Cluster::Clear_Text_Credentials " + SentRecords.workload(client));
        }
      }
      for (int client = 0; client < CLIENTS; client++) {
        expected.add("Scan::Port_Scan " + SentRecords.workload(client));
        expected.add("Cluster::Password_Guessing " + SentRecords.workload(client));
        expected.add("Cluster::Clear_Text_Credentials " + SentRecords.workload(client));
        expected.add("Cluster::Clear_Text_Credentials " + SentRecords.workload(100 + client));
      }
      await().atMost(PATIENCE).until(() -> notices(broker).containsAll(expected));
      assertThat(notices(broker)).containsExactlyInAnyOrderElementsOf(expected);

      assertThat(instances.get(0).end()).isZero();
      assertThat(instances.get(2).end()).isZero();

      // Those that have failed once less than guessing takes, do it once more, much later.
      instances.add(start(broker, "instance-3"));
      for (int client = 100; client < 100 + CLIENTS; client++) {
        send(sensors, "podtap.redis", client % SENSORS, SentRecords.failedLogin(client));
        expected.add("Cluster::Password_Guessing " + SentRecords.workload(client));
      }
      await().atMost(PATIENCE).until(() -> notices(broker).containsAll(expected));
      assertThat(notices(broker)).containsExactlyInAnyOrderElementsOf(expected);
      await().atMost(PATIENCE).until(() -> logged().containsAll(expected));
      assertThat(expected).containsAll(logged());
    } finally {
      instances.forEach(DetectInstance::close);
    }
  }

  /** Makes what broker and instances need to speak SASL over TLS, and returns the broker's part. */
  private Map<String, String> secured() throws IOException {
    Authority authority = Authority.make("brokers", 2);
    Authority.Issued issued =
        authority.issue(
            new Authority.Request("broker", List.of("ip:127.0.0.1"), Authority.Usage.SERVER, 2));
    Path keys = folder.resolve("broker.pem");
    Files.writeString(keys, issued.key() + issued.chain());
    Files.writeString(folder.resolve("ca.crt"), authority.certificate());
    Files.writeString(
        folder.resolve("jaas.conf"), LOGIN + " required username=podtap password=\"s3cret\";");
    Map<String, String> options = new HashMap<>();
    options.put(LocalBroker.SECURED + "sasl.enabled.mechanisms", "PLAIN");
    options.put(
        LocalBroker.SECURED + "plain.sasl.jaas.config",
        LOGIN + " required user_podtap=\"s3cret\";");
    options.put(LocalBroker.SECURED + "ssl.keystore.type", "PEM");
    options.put(LocalBroker.SECURED + "ssl.keystore.location", keys.toString());
    return options;
  }

  private static void makeTopics(LocalBroker broker) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.address()))) {
      List<NewTopic> topics = new ArrayList<>();
      for (String log : List.of("conn", "redis", "http")) {
        topics.add(new NewTopic("podtap." + log, SENSORS, (short) 1));
      }
      admin.createTopics(topics).all().get();
    }
  }

  private DetectInstance start(LocalBroker broker, String name) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--kafka",
                broker.securedAddress(),
                "--metrics",
                "0",
                "--partitions",
                "6",
                "--logs",
                folder.resolve(name).toString(),
                "--detect",
                "detect=scan,guessing,clear-text"));
    for (String option :
        List.of(
            "main.consumer.session.timeout.ms=6000",
            "main.consumer.heartbeat.interval.ms=1000",
            "security.protocol=SASL_SSL",
            "ssl.truststore.type=PEM",
            "ssl.truststore.location=" + folder.resolve("ca.crt"),
            "sasl.mechanism=PLAIN",
            "config.providers=dir",
            "config.providers.dir.class=" + DirectoryConfigProvider.class.getName(),
            "sasl.jaas.config=${dir:" + folder + ":jaas.conf}")) {
      arguments.addAll(List.of("--kafka-option", option));
    }
    return DetectInstance.start(folder.resolve(name + ".out"), arguments);
  }

  private static boolean runs(DetectInstance instance) {
    return instance.said().contains("podtap: detect runs");
  }

  /** Returns how many instances have partitions. */
  private static long busyMembers(LocalBroker broker) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.address()))) {
      return Objects.requireNonNull(
              admin
                  .describeConsumerGroups(List.of("podtap-detect"))
                  .all()
                  .get()
                  .get("podtap-detect"))
          .members()
          .stream()
          .filter(member -> !member.assignment().topicPartitions().isEmpty())
          .count();
    }
  }

  /** Returns whether something of every partition of records was taken by detections. */
  private static boolean isOnTheWay(LocalBroker broker) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.address()))) {
      return admin
              .listConsumerGroupOffsets("podtap-detect")
              .partitionsToOffsetAndMetadata()
              .get()
              .entrySet()
              .stream()
              .filter(entry -> entry.getKey().topic().endsWith("-repartition"))
              .filter(entry -> entry.getValue().offset() > 10)
              .count()
          == 6;
    }
  }

  /** Sends one attempt of each client, to one sensor after another. */
  private static void sendRound(KafkaProducer<byte[], byte[]> sensors, int round) throws Exception {
    for (int client = 0; client < CLIENTS; client++) {
      int sensor = (client + round) % SENSORS;
      send(
          sensors,
          "podtap.conn",
          sensor,
          SentRecords.failedConnection(client, "10.7.0.9", 1_000 + round));
      if (round < GUESSES) {
        send(sensors, "podtap.redis", sensor, SentRecords.failedLogin(client));
      }
      if (round < GUESSES - 1) {
        send(sensors, "podtap.redis", sensor, SentRecords.failedLogin(100 + client));
      }
    }
    sensors.flush();
  }

  private static void send(
      KafkaProducer<byte[], byte[]> sensors, String topic, int sensor, byte[] json) {
    Future<?> _ = sensors.send(new ProducerRecord<>(topic, sensor, null, json));
  }

  /** Returns kind and source of every committed notice. */
  private static List<String> notices(LocalBroker broker) {
    List<String> notices = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", broker.address(), "isolation.level", "read_committed"),
            new StringDeserializer(),
            new StringDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor("podtap.detected").stream()
              .map(info -> new TopicPartition("podtap.detected", info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
          notices.add(named(record.value()));
        }
      }
    }
    return notices;
  }

  private static String named(String json) {
    return value(json, "note") + ' ' + value(json, "k8s.src");
  }

  private static String value(String json, String field) {
    int from = json.indexOf('"' + field + "\":\"") + field.length() + 4;
    return json.substring(from, json.indexOf('"', from));
  }

  /** Returns kind and source of every notice that stands in a file. */
  private List<String> logged() throws IOException {
    List<String> logged = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Path file = folder.resolve("instance-" + i).resolve("notice.log");
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        logged.add(named(line));
      }
    }
    return logged;
  }
}
