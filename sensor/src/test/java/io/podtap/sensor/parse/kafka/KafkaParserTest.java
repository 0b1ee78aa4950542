/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Requests and responses as Kafka's protocol guide lays them out. */
class KafkaParserTest {

  private static final String CLIENT = "rdkafka";

  private static String request(int kind, int version, int correlation, int bodyBytes) {
    String name =
        HexFormat.of().formatHex(CLIENT.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    int size = 10 + CLIENT.length() + bodyBytes;
    return "%08x%04x%04x%08x%04x%s%s"
        .formatted(size, kind, version, correlation, CLIENT.length(), name, "ab".repeat(bodyBytes));
  }

  private static String response(int correlation, int bodyBytes) {
    return "%08x%08x%s".formatted(4 + bodyBytes, correlation, "cd".repeat(bodyBytes));
  }

  private static Talk talk(int port) {
    return new Talk(port)
        .clientHex(request(18, 3, 1, 20))
        .serverHex(response(1, 300))
        .clientHex(request(0, 9, 2, 2_000) + request(0, 9, 3, 10) + request(120, 0, 4, 0))
        .serverHex(response(2, 40) + response(3, 0) + response(4, 1));
  }

  @Test
  void countsRequestsByKind() {
    for (int port : new int[] {9_092, 19_092}) {
      List<Map<String, String>> rows = talk(port).isTheSameHoweverCut("requests").rows("requests");

      assertThat(rows).hasSize(1);
      assertThat(rows.getFirst())
          .containsEntry("service", "kafka")
          .containsEntry("client", CLIENT)
          .containsEntry("requests", "4")
          .containsEntry("kinds", "ApiVersions,Produce,kind 120")
          .containsEntry("counts", "1,2,1");
    }
  }

  @Test
  void namesTheService() {
    assertThat(talk(19_092).services()).isEqualTo(KafkaProtocol.SERVICE.alone());
  }

  @Test
  void responsesMustAnswerWhatWasAsked() {
    Talk foreign =
        new Talk(9_092).clientHex(request(18, 3, 1, 20)).serverHex(response(77_000, 300));

    assertThat(foreign.rows("requests")).isEmpty();
    assertThat(foreign.rows("analyzer")).isEmpty();
  }

  @Test
  void survivesMutation() {
    talk(9_092).survivesMutation();
  }
}
