/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PlainTextTest {

  @Test
  void letsNothingThroughThatMovesALineOrATerminal() {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i <= Character.MAX_CODE_POINT; i++) {
      all.appendCodePoint(i);
    }
    String plain = PlainText.of(all.toString(), Integer.MAX_VALUE);
    assertThat(plain.codePoints())
        .noneMatch(Character::isISOControl)
        .noneMatch(c -> Character.getType(c) == Character.FORMAT)
        .noneMatch(c -> c == '\u2028' || c == '\u2029' || (c >= 0xD800 && c <= 0xDFFF));
    assertThat(plain.lines()).hasSize(1);
  }

  @Test
  void keepsWhatIsPrintable() {
    assertThat(PlainText.of("tap é 東京, ok")).isEqualTo("tap é 東京, ok");
    assertThat(PlainText.of("a\r\n\u001b[2Jb\0")).isEqualTo("a\\u000d\\u000a\\u001b[2Jb\\u0000");
    assertThat(PlainText.of(null)).isEqualTo("no reason given");
  }

  @Test
  void cutsWhatIsLong() {
    assertThat(PlainText.of("x".repeat(14_000))).hasSize(PlainText.CHARACTERS_MAX).endsWith("x...");
    assertThat(PlainText.of("12345678", 8)).isEqualTo("12345678");
    assertThat(PlainText.of("123456789", 8)).isEqualTo("12345...");
    assertThat(PlainText.of("\n".repeat(100), 10).length()).isLessThanOrEqualTo(10);
  }
}
