/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.kafka.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.sensor.broker.BrokerSettings;
import io.podtap.sensor.detect.DetectRun;
import io.podtap.sensor.detect.DetectSettings;
import io.podtap.sensor.notice.NoticeSettingsFile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The topology without a broker, in one thread. */
class DetectTopologyTest {

  private static DetectSettings settings(List<String> options, String... detections) {
    return new DetectSettings(
        BrokerSettings.of("127.0.0.1:1", BrokerSettings.TOPIC_DEFAULT, options),
        NoticeSettingsFile.read(null, List.of(detections), null),
        DetectSettings.APPLICATION_DEFAULT,
        DetectSettings.NOTICE_TOPIC_DEFAULT,
        3,
        1,
        null);
  }

  private final DetectRun run = new DetectRun();
  private final DetectSettings settings = settings(List.of());

  private TopologyTestDriver driver() {
    return new TopologyTestDriver(
        DetectTopology.build(settings, run), StreamsConfiguration.streams(settings));
  }

  private static TestInputTopic<byte[], byte[]> topic(TopologyTestDriver driver, String name) {
    return driver.createInputTopic(name, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static List<KeyValue<String, String>> notices(TopologyTestDriver driver) {
    return driver
        .createOutputTopic(
            DetectSettings.NOTICE_TOPIC_DEFAULT, new StringDeserializer(), new StringDeserializer())
        .readKeyValuesToList();
  }

  @Test
  void aScanIsOneNoticeWithItsSourceAsKey() {
    try (TopologyTestDriver driver = driver()) {
      TestInputTopic<byte[], byte[]> conn = topic(driver, "podtap.conn");
      for (int i = 0; i < 60; i++) {
        byte[] key = ("C" + i).getBytes(StandardCharsets.US_ASCII);
        conn.pipeInput(key, SentRecords.failedConnection(1, "10.7.0.9", 1_000 + i));
      }
      List<KeyValue<String, String>> notices = notices(driver);
      assertThat(notices).hasSize(1);
      assertThat(notices.getFirst().key).isEqualTo(SentRecords.workload(1));
      assertThat(notices.getFirst().value)
          .contains("\"note\":\"Scan::Port_Scan\"", "\"src\":\"10.5.0.2\"")
          .doesNotContain("\n");
      assertThat(run.line())
          .startsWith("61 records, 1 notices, 0 invalid messages"); // the notice too;
    }
  }

  @Test
  void noticesOfSensorsAndItsOwnShowMovement() {
    try (TopologyTestDriver driver = driver()) {
      topic(driver, "podtap.notice")
          .pipeInput(
              ("{\"ts\":"
                      + System.currentTimeMillis() / 1_000
                      + ".5,\"note\":\"HTTP::SQL_Injection_Victim\",\"src\":\"10.5.0.9\","
                      + "\"dst\":\"10.5.0.2\",\"k8s.dst\":\""
                      + SentRecords.workload(1)
                      + "\"}")
                  .getBytes(StandardCharsets.UTF_8));
      for (int i = 0; i < 30; i++) {
        topic(driver, "podtap.conn")
            .pipeInput(SentRecords.failedConnection(1, "10.7.0.9", 1_000 + i));
      }
      assertThat(notices(driver))
          .extracting(notice -> notice.value)
          .satisfiesExactly(
              scan -> assertThat(scan).contains("\"note\":\"Scan::Port_Scan\""),
              movement ->
                  assertThat(movement)
                      .contains("\"note\":\"Cluster::Lateral_Movement\"", "\"src\":\"10.5.0.2\""));
    }
  }

  @Test
  void whatIsNoRecordIsCountedAndLeftOut() {
    try (TopologyTestDriver driver = driver()) {
      TestInputTopic<byte[], byte[]> conn = topic(driver, "podtap.conn");
      List<String> invalid =
          List.of(
              "", "{", "[]", "null", "{\"a\":{}}", "{\"a\":\"\\q\"}", "{\"a\":1}x", "{\"a\" 1}");
      invalid.forEach(text -> conn.pipeInput(text.getBytes(StandardCharsets.UTF_8)));
      conn.pipeInput("{}".getBytes(StandardCharsets.UTF_8)); // a record of nothing
      conn.pipeInput("{\"ts\":1,\"id.orig_h\":[1]}".getBytes(StandardCharsets.UTF_8));
      assertThat(notices(driver)).isEmpty();
      assertThat(run.lossLine()).startsWith(invalid.size() + " invalid messages left out");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          processing.guarantee=at_least_once | --kafka-option processing.guarantee cannot be set
          application.id=x | --kafka-option application.id cannot be set
          num.standby.replica=1 | --kafka-option num.standby.replica is not a setting of Kafka Streams
          consumer.fetch.bytes=1 | --kafka-option consumer.fetch.bytes is not a setting of Kafka Streams
          """)
  void saysInOneLineWhichOptionIsWrong(String option, String line) {
    assertThatThrownBy(() -> StreamsConfiguration.streams(settings(List.of(option))))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith(line);
  }

  @Test
  void takesOptionsOfStreamsAndItsClients() {
    DetectSettings given =
        settings(
            List.of(
                "num.standby.replicas=1",
                "security.protocol=SSL",
                "main.consumer.session.timeout.ms=6000"));
    assertThat(StreamsConfiguration.streams(given))
        .containsEntry("num.standby.replicas", "1")
        .containsEntry("main.consumer.session.timeout.ms", "6000")
        .containsEntry("processing.guarantee", "exactly_once_v2");
    assertThat(StreamsConfiguration.client(given))
        .containsEntry("security.protocol", "SSL")
        .doesNotContainKey("num.standby.replicas");
  }
}
