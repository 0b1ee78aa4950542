/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.discover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.json.JsonReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonReaderTest {

  private static JsonReader reader(String json) {
    return new JsonReader(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
  }

  /** Hands over a few bytes at a time, as a network does. */
  private static InputStream trickle(byte[] bytes, Random random) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] target, int offset, int length) {
        return super.read(target, offset, Math.min(length, 1 + random.nextInt(7)));
      }
    };
  }

  private static String value(String json) throws IOException {
    return reader(json).text();
  }

  @Test
  void readsTextsWithEscapesAndBeyondAscii() throws IOException {
    assertThat(value("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"")).isEqualTo("a\"\\/\b\f\n\r\t\u00e9");
    assertThat(value("\"Gr\u00fc\u00dfe \u65e5\u672c\"")).isEqualTo("Gr\u00fc\u00dfe \u65e5\u672c");
    assertThat(value("\"" + "x".repeat(5_000) + "\"")).hasSize(JsonReader.TEXT_BYTES_MAX);
  }

  @Test
  void readsWhatIsAskedForAndSkipsTheRest() throws IOException {
    JsonReader json =
        reader(
            " {\"a\":{\"b\":[1,{\"c\":[]},\"]\"]}, \"n\":-17,\"t\":true ,\"s\":\"v\",\"z\":null}");
    assertThat(json.enterObject()).isTrue();
    assertThat(json.more()).isTrue();
    assertThat(json.name()).isEqualTo("a");
    json.skip();
    assertThat(json.more()).isTrue();
    assertThat(json.name()).isEqualTo("n");
    assertThat(json.number(0)).isEqualTo(-17);
    assertThat(json.more()).isTrue();
    assertThat(json.name()).isEqualTo("t");
    assertThat(json.truth(false)).isTrue();
    assertThat(json.more()).isTrue();
    assertThat(json.name()).isEqualTo("s");
    assertThat(json.number(7)).isEqualTo(7);
    assertThat(json.more()).isTrue();
    assertThat(json.name()).isEqualTo("z");
    assertThat(json.text()).isEmpty();
    assertThat(json.more()).isFalse();
    assertThat(json.follows()).isFalse();
  }

  @Test
  void readsOneValueAfterAnother() throws IOException {
    JsonReader json = reader("{\"a\":1}\n{\"a\":2}\n[]\n");
    for (int i = 0; i < 3; i++) {
      assertThat(json.follows()).isTrue();
      json.skip();
    }
    assertThat(json.follows()).isFalse();
  }

  @Test
  void aValueOfAnotherKindReadsAsAbsent() throws IOException {
    assertThat(reader("[1]").enterObject()).isFalse();
    assertThat(reader("{\"a\":[]}").enterArray()).isFalse();
    assertThat(reader("1.5e3").number(3)).isEqualTo(3);
    assertThat(reader("99999999999").number(3)).isEqualTo(3);
    assertThat(reader("null").truth(true)).isTrue();
    assertThat(reader("{}").text()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{", "[1", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "[1 2]", "\"a", "\"\\x\"",
        "\"\\u00g0\"", "tru", "nul1", "]", "[}", "{\"a\":1]", "\"a\nb\"", "", "{,}", "[,1]"
      })
  void refusesWhatIsNotJson(String json) {
    assertThatThrownBy(() -> reader(json).skip()).isInstanceOf(JsonReader.MalformedException.class);
  }

  @Test
  void refusesWhatIsNestedTooDeep() throws IOException {
    int most = JsonReader.DEPTH_MAX;
    reader("[".repeat(most) + "]".repeat(most)).skip();
    assertThatThrownBy(() -> reader("[".repeat(1_000_000)).skip())
        .isInstanceOf(JsonReader.MalformedException.class)
        .hasMessageContaining("deeper");
  }

  /** Whatever is done to an object of the API, it is read or refused, in any portions. */
  @Test
  void survivesMutatedObjects() {
    byte[] pod =
        Objects.pod("sensor-0", "node-1", true, "10.0.0.3", "fd00::3")
            .getBytes(StandardCharsets.UTF_8);
    for (long seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = pod.clone();
      for (int i = random.nextInt(6); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] =
            random.nextBoolean()
                ? (byte) "{}[]\",:\\0".charAt(random.nextInt(9))
                : (byte) random.nextInt(256);
      }
      try {
        JsonReader json = new JsonReader(trickle(bytes, random));
        ApiObject object = new PodResource("", 4_789).read(json);
        assertThat(object.ready().size()).isLessThanOrEqualTo(1);
      } catch (JsonReader.MalformedException e) {
        assertThat(e).hasMessageNotContaining("null");
      } catch (IOException | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }
}
