/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Messages here are {@code <}, a length byte, and that many letters. */
class ResynchronizerTest {

  private final Tally account = new Tally();
  private final Resynchronizer again =
      new Resynchronizer(ResynchronizerTest::message, /* isTelling= */ false, account);
  private final long idleBytes = account.bytes;

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

  private static long message(Payload data, int at) {
    if (data.u8(at) != '<') {
      return Resynchronizer.NONE;
    }
    return data.u8(at + 1) < 0 ? Resynchronizer.MORE : 2 + data.u8(at + 1);
  }

  private static Payload of(String latin1) {
    return new Payload(latin1.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void itHoldsNoMoreThanItsWindowAndAccountsForIt() {
    again.begin();
    assertThat(account.bytes).isEqualTo(idleBytes);
    for (int i = 0; i < 1_000; i++) {
      assertThat(again.beginSegment()).isTrue();
      assertThat(again.find(of("x".repeat(1_000)))).isNull();
      assertThat(account.bytes - idleBytes).isBetween(1_000L, 256L + Resynchronizer.WINDOW_BYTES);
    }
    again.stop();
    assertThat(account.bytes).isEqualTo(idleBytes);
  }

  @Test
  void whatIsFoundCountsUntilTheNextSegment() {
    again.begin();
    assertThat(again.beginSegment()).isTrue();
    Payload data = of("xxx<\2ab<\1c<\3def<\u00ff" + "g".repeat(200));
    Payload found = requireNonNull(again.find(data));
    assertThat(data.isEmpty()).isTrue();
    assertThat(found.text(0, 4)).isEqualTo("<\2ab");
    assertThat(again.takeSkippedBytes()).isEqualTo(3);
    assertThat(account.bytes - idleBytes).isBetween((long) found.length(), found.length() + 24L);
    assertThat(again.beginSegment()).isFalse();
    assertThat(account.bytes).isEqualTo(idleBytes);
  }
}
