/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GatherTest {

  private final Tally account = new Tally();

  /** Sums up what is taken and given back. */
  private static final class Tally implements HeapAccount {
    private long bytes;

    @Override
    public void take(long count) {
      bytes += count;
    }

    @Override
    public void giveBack(long count) {
      bytes -= count;
    }
  }

  private static Payload of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return new Payload(bytes);
  }

  private static String text(Payload payload) {
    return payload.text(0, payload.length());
  }

  /** Messages of one length byte and that many letters, cut everywhere. */
  @Test
  void messagesComeTogetherHoweverTheyAreCut() {
    String stream = "\3abc\0\1d\5efghi";
    for (int first = 0; first <= stream.length(); first++) {
      for (int second = first; second <= stream.length(); second++) {
        Gather gather = new Gather(16, account);
        List<String> messages = new ArrayList<>();
        String[] pieces = {
          stream.substring(0, first), stream.substring(first, second), stream.substring(second)
        };
        for (String piece : pieces) {
          Payload data = of(piece);
          for (Payload head = gather.peek(data, 1); head != null; head = gather.peek(data, 1)) {
            Payload message = gather.take(data, 1 + head.u8(0));
            if (message == null) {
              break;
            }
            messages.add(message.text(1, message.length()));
          }
          assertThat(data.length()).isZero();
        }
        assertThat(messages).containsExactly("abc", "", "d", "efghi");
        assertThat(gather.held()).isZero();
      }
    }
  }

  @Test
  void linesComeTogetherHoweverTheyAreCut() {
    String stream = "one\r\n\ntwo\n\r\nthree\r\n";
    for (int cut = 0; cut <= stream.length(); cut++) {
      Gather gather = new Gather(16, account);
      List<String> lines = new ArrayList<>();
      for (String piece : new String[] {stream.substring(0, cut), stream.substring(cut)}) {
        Payload data = of(piece);
        for (Payload line = gather.takeLine(data); line != null; line = gather.takeLine(data)) {
          lines.add(text(line));
        }
      }
      assertThat(lines).containsExactly("one", "", "two", "", "three");
    }
  }

  @Test
  void aLineBeyondTheLimitFillsTheGatherAndNothingMore() {
    Gather gather = new Gather(8, account);
    Payload data = of("0123456789\nnext\n");
    assertThat(gather.takeLine(data)).isNull();
    assertThat(gather.isFull()).isTrue();
    gather.clear();
    assertThat(gather.isFull()).isFalse();
    assertThat(text(java.util.Objects.requireNonNull(gather.takeLine(data)))).isEqualTo("89");
  }

  @Test
  void accountsForItsArrayAlone() {
    Gather gather = new Gather(100_000, account);

    gather.take(new Payload(new byte[1_000]), 1_000);
    assertThat(account.bytes).isZero(); // whole: nothing was copied

    gather.take(new Payload(new byte[40_000]), 50_000);
    assertThat(account.bytes).isBetween(40_000L, 100_100L);

    assertThat(gather.take(new Payload(new byte[10_000]), 50_000)).isNotNull();
    gather.take(new Payload(new byte[1]), 2);
    assertThat(account.bytes).isLessThan(1_000); // the long array has gone

    gather.clear();
    assertThat(account.bytes).isZero();
  }
}
