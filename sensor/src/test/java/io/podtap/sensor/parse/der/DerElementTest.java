/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.der;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.sensor.parse.Payload;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Elements after ITU-T X.690. */
class DerElementTest {

  private static DerElement of(String hex) throws DerException {
    return DerElement.take(new Payload(HexFormat.of().parseHex(hex)));
  }

  @ParameterizedTest
  @CsvSource({
    "02017f, 7F, 7",
    "02020080, 80, 8",
    "020100, 00, 0",
    "0201ff, -01, 8",
    "0202ff00, -0100, 16",
  })
  void readsNumbers(String hex, String shown, int bits) throws DerException {
    assertThat(of(hex).hexNumber()).isEqualTo(shown);
    assertThat(of(hex).bitLength()).isEqualTo(bits);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.2.840.113549.1.1.11", "2.16.840.1.101.3.4.3.17", "0.9.2342.19200300"})
  void readsObjectIdentifiers(String dotted) throws DerException {
    assertThat(of(DerText.identifier(dotted)).objectIdentifier()).isEqualTo(dotted);
  }

  @ParameterizedTest
  @CsvSource({
    "23, 700101000000Z, 0",
    "23, 491231235959Z, 2524607999",
    "23, 691231000000Z, -86400",
    "24, 19700101000001Z, 1",
    "24, 197001010000Z, 0",
    "24, 19700101010000.5+0100, 0",
  })
  void readsTimes(int tag, String text, long seconds) throws DerException {
    assertThat(of(DerText.text(tag, text)).time()).isEqualTo(seconds);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "30", "3081", "3080", "3003020101ff02", "1f0100", "308500000000aa"})
  void refusesWhatIsCutOrOfAnotherForm(String hex) {
    Payload data = new Payload(HexFormat.of().parseHex(hex));
    if (hex.equals("3003020101ff02")) {
      data.skip(5); // the last one has no length
    }
    assertThatThrownBy(() -> DerElement.take(data)).isInstanceOf(DerException.class);
  }

  @Test
  void takesOneAfterAnother() throws DerException {
    Payload data = new Payload(HexFormat.of().parseHex("0201010500"));
    assertThat(DerElement.take(data, DerElement.INTEGER).number()).isEqualTo(1);
    assertThat(DerElement.isNext(data, DerElement.NULL)).isTrue();
    assertThat(DerElement.take(data).content().isEmpty()).isTrue();
    assertThat(data.isEmpty()).isTrue();
  }
}
