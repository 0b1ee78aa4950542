/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
import org.junit.jupiter.api.Test;

/** Packets of MQTT 3.1.1. */
class MqttParserTest {

  private static String packet(int first, String body) {
    return "" + (char) first + (char) body.length() + body;
  }

  private static Talk talk() {
    return new Talk(1_884)
        .client(packet(0x10, "\0\4MQTT\4\6\0\10\0\2me\0\1w\0\3bye"))
        .server(packet(0x20, "\0\0"))
        .client(packet(0x82, "\0\1\0\3a/b\1"))
        .server(packet(0x90, "\0\1\1"))
        .client(packet(0x30, "\0\1thello") + packet(0x33, "\0\1t\0\7again"))
        .server(packet(0x40, "\0\7") + packet(0x32, "\0\3a/b\0\1x"));
  }

  @Test
  void writesConnectionsMessagesAndSubscriptions() {
    assertThat(talk().isTheSameHoweverCut("mqtt_connect").rows("mqtt_connect").getFirst())
        .containsEntry("proto_version", "3.1.1")
        .containsEntry("client_id", "me")
        .containsEntry("connect_status", "Connection Accepted")
        .containsEntry("will_payload", "bye");
    assertThat(talk().isTheSameHoweverCut("mqtt_subscribe").rows("mqtt_subscribe").getFirst())
        .containsEntry("topics", "a/b")
        .containsEntry("granted_qos_level", "1")
        .containsEntry("ack", "T");
    assertThat(talk().isTheSameHoweverCut("mqtt_publish").rows("mqtt_publish"))
        .extracting(row -> row.get("payload") + ' ' + row.get("qos") + ' ' + row.get("status"))
        .containsExactly(
            "hello at most once ok", "again at least once ok", "x at least once incomplete_qos");
  }

  @Test
  void survivesMutation() {
    talk().survivesMutation();
  }
}
