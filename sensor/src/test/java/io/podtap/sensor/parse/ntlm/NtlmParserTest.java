/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ntlm;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.LittleBytes;
import io.podtap.sensor.dispatch.StreamScript;
import io.podtap.sensor.parse.Service;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Messages one after another, as a carrier hands them over. */
class NtlmParserTest {

  private static List<Map<String, String>> rows(byte[]... messages) {
    StreamScript script = StreamScript.tcp(80, Integer.MAX_VALUE).messagesOf(Service.NTLM);
    boolean fromClient = true;
    for (byte[] message : messages) {
      script.say(fromClient, message);
      fromClient = !fromClient;
    }
    return script.rows("ntlm");
  }

  @Test
  void aLoginIsOneRecord() {
    byte[] names = LoginTokens.authenticate("D\u00f6M", "j\u00f6rg", "PC");
    assertThat(rows(LoginTokens.negotiate(), LoginTokens.challenge(/* hasEnd= */ true), names))
        .singleElement()
        .satisfies(row ->
            assertThat(row)
                .containsEntry("username", "j\u00f6rg")
                .containsEntry("domainname", "D\u00f6M")
                .containsEntry("hostname", "PC")
                .containsEntry("server_nb_computer_name", "SRV")
                .containsEntry("server_dns_computer_name", "srv.lan")
                .containsEntry("server_tree_name", "lan")
                .containsEntry("success", "-"));
  }

  @Test
  void aNameThatEndsInsideACharacterIsWeird() {
    StreamScript script = StreamScript.tcp(80, Integer.MAX_VALUE).messagesOf(Service.NTLM);
    String whole =
        HexFormat.of().formatHex(LoginTokens.authenticate("DOM", "me\ud83d\ude00", "PC"));
    String half = whole.replace("3dd8" + "00de", "6100" + "3dd8");
    script.say(/* fromClient= */ true, HexFormat.of().parseHex(half));
    assertThat(script.rows("weird"))
        .extracting(row -> row.get("name") + ' ' + row.get("addl") + ' ' + row.get("source"))
        .containsExactly("utf16_conversion_failed utf16 conversion failed in utf16_to_utf8_val -");
  }

  @Test
  void emptyNamesAreUnset() {
    assertThat(rows(LoginTokens.authenticate("", "", "")).getFirst())
        .containsEntry("username", "-")
        .containsEntry("domainname", "-");
  }

  @Test
  void aMessageThatIsCutIsLeftOut() {
    byte[] whole = LoginTokens.authenticate("DOM", "me", "PC");
    byte[] challenge = LoginTokens.challenge(/* hasEnd= */ true);
    assertThat(rows(Arrays.copyOf(whole, whole.length - 1))).isEmpty();
    assertThat(rows(Arrays.copyOf(whole, 60))).isEmpty();
    assertThat(rows(Arrays.copyOf(challenge, challenge.length - 5))).isEmpty();
    assertThat(rows(Arrays.copyOf(LoginTokens.negotiate(), 30))).isEmpty();
  }

  @Test
  void aSignatureOfTheCarrierIsNoLogin() {
    assertThat(rows(new LittleBytes().u32(1).u64(7).u32(0).array())).isEmpty();
  }
}
