/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mqtt;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.log.TextSource;
import io.podtap.sensor.parse.HeapSize;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The records of MQTT's logs, and their declarations. One thread. */
final class MqttRows {

  private static final String[] QUALITIES = {"at most once", "at least once", "exactly once"};

  private MqttRows() {}

  /** One connection. */
  static final class Connect {
    final Flow flow;
    final long timeNs;
    @Nullable String protocol;
    @Nullable String version;
    @Nullable String client;
    @Nullable String status;
    @Nullable String willTopic;
    @Nullable String willPayload;

    Connect(Flow flow, long timeNs) {
      this.flow = flow;
      this.timeNs = timeNs;
    }

    long heapBytes() {
      return 56
          + HeapSize.text(protocol)
          + HeapSize.text(client)
          + HeapSize.text(willTopic)
          + HeapSize.text(willPayload);
    }
  }

  /** One message. */
  static final class Publish {
    final Flow flow;
    final long timeNs;
    final boolean fromClient;

    /** Whether the ends may be exchanged, of a connection that was joined. */
    boolean isSenderUnknown;

    boolean retain;
    int quality;
    boolean complete;

    /** Whether bytes are missing in which its acknowledgement may have been. */
    boolean isUnknown;

    String topic = "";
    @Nullable String payload = "";
    long payloadBytes;

    Publish(Flow flow, long timeNs, boolean fromClient) {
      this.flow = flow;
      this.timeNs = timeNs;
      this.fromClient = fromClient;
    }

    long heapBytes() {
      return 56 + HeapSize.MAP_ENTRY + 16 + HeapSize.text(topic) + HeapSize.text(payload);
    }
  }

  /** One subscription, or the end of one. */
  static final class Subscribe {
    final Flow flow;
    final long timeNs;
    final boolean begins;
    final List<String> topics = new ArrayList<>(1);
    final List<Integer> qualities = new ArrayList<>(1);
    int granted = -1;
    boolean acknowledged;

    /** Whether bytes are missing in which the answer may have been. */
    boolean isUnknown;

    Subscribe(Flow flow, long timeNs, boolean begins) {
      this.flow = flow;
      this.timeNs = timeNs;
      this.begins = begins;
    }

    long heapBytes() {
      return 144 + HeapSize.MAP_ENTRY + 16 + HeapSize.texts(topics) + 8L * qualities.size();
    }
  }

  static LogSchema<Connect> connectSchema() {
    return LogSchema.<Connect>named("mqtt_connect", "One record for each MQTT connection.")
        .time("ts", "When the client asked.", row -> row.timeNs)
        .flow(row -> row.flow)
        .wire("proto_name", "Protocol as the client names it.", row -> row.protocol)
        .wire("proto_version", "Its version.", row -> row.version)
        .wire("client_id", "What the client calls itself.", row -> row.client)
        .wire("connect_status", "What the server answered.", row -> row.status)
        .wire("will_topic", "Topic of the client's last will.", row -> row.willTopic)
        .wire("will_payload", "Its content.", row -> row.willPayload)
        .build();
  }

  static LogSchema<Publish> publishSchema() {
    return LogSchema.<Publish>named("mqtt_publish", "One record for each MQTT message.")
        .time("ts", "When it came.", row -> row.timeNs)
        .flow(row -> row.flow)
        .bool(
            "from_client",
            "Whether the client sent it; not set when it is not known which end that is.",
            row -> row.isSenderUnknown ? LogSchema.UNSET : row.fromClient ? 1 : 0)
        .bool("retain", "Whether the server keeps it.", row -> row.retain ? 1 : 0)
        .wire("qos", "How surely it is delivered.", row -> QUALITIES[Math.min(row.quality, 2)])
        .wire(
            "status",
            "ok, or incomplete_qos when it was not acknowledged; not set when packets are missing"
                + " in which it may have been.",
            row -> row.complete ? "ok" : row.isUnknown ? null : "incomplete_qos")
        .wire("topic", "Its topic.", row -> row.topic)
        .wire("payload", "The beginning of its content.", row -> row.payload)
        .count("payload_len", "Bytes of its content.", row -> row.payloadBytes)
        .build();
  }

  static LogSchema<Subscribe> subscribeSchema() {
    return LogSchema.<Subscribe>named("mqtt_subscribe", "One record for each MQTT subscription.")
        .time("ts", "When the client asked.", row -> row.timeNs)
        .flow(row -> row.flow)
        .enumeration(
            "action",
            "MQTT::SUBSCRIBE or MQTT::UNSUBSCRIBE.",
            (row, out) -> {
              out.put(row.begins ? "MQTT::SUBSCRIBE" : "MQTT::UNSUBSCRIBE");
              return true;
            })
        .wireList("topics", "What for.", row -> row.topics)
        .countList(
            "qos_levels",
            "How surely messages are to be delivered.",
            (row, out) -> {
              for (int i = 0; i < row.qualities.size(); i++) {
                if (i > 0) {
                  out.put(TextSource.SEPARATOR);
                }
                out.decimal(row.qualities.get(i));
              }
              return row.begins;
            })
        .count(
            "granted_qos_level",
            "What the server granted for the first topic.",
            row -> row.granted < 0 ? LogSchema.UNSET : row.granted)
        .bool(
            "ack",
            "Whether the server answered; not set when packets are missing in which it may have.",
            row -> row.acknowledged ? 1 : row.isUnknown ? LogSchema.UNSET : 0)
        .build();
  }
}
