/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.gss;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.StreamScript;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.ntlm.LoginTokens;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tokens one after another, as a carrier hands them over. */
class GssParserTest {

  private static StreamScript said(String... tokens) {
    StreamScript script = StreamScript.tcp(80, Integer.MAX_VALUE).messagesOf(Service.GSSAPI);
    boolean fromClient = true;
    for (String token : tokens) {
      script.say(fromClient, token.getBytes(StandardCharsets.ISO_8859_1));
      fromClient = !fromClient;
    }
    return script;
  }

  private static boolean isNamed(StreamScript script, Service service) {
    script.finish();
    return script.services().contains(service.number());
  }

  private static List<Map<String, String>> rows(String log, String... tokens) {
    return said(tokens).rows(log);
  }

  @Test
  void chosenMechanismsAreLedToTheirParsers() {
    String ntlm = LoginTokens.first(LoginTokens.text(LoginTokens.negotiate()));
    String kerberos = LoginTokens.first(LoginTokens.kerberos(LoginTokens.apRequest()));
    String bare = LoginTokens.first(LoginTokens.apRequest());
    assertThat(rows("ntlm", ntlm)).hasSize(1);
    assertThat(rows("kerberos", kerberos)).hasSize(1);
    assertThat(rows("kerberos", bare)).hasSize(1);
  }

  @Test
  void onlyTheEndOfANegotiationTellsWhetherItSucceeded() {
    String first = LoginTokens.first(LoginTokens.text(LoginTokens.negotiate()));
    assertThat(rows("ntlm", first, LoginTokens.further(1, "")).getFirst())
        .containsEntry("success", "-");
    assertThat(rows("ntlm", first, LoginTokens.further(0, "")).getFirst())
        .containsEntry("success", "T");
    assertThat(rows("ntlm", first, LoginTokens.further(2, "")).getFirst())
        .containsEntry("success", "F");
  }

  @Test
  void aFlowHasOneRecordHoweverOftenSomebodyLogsIn() {
    String first = LoginTokens.first(LoginTokens.text(LoginTokens.negotiate()));
    String accepted = LoginTokens.further(0, "");
    assertThat(rows("ntlm", first, accepted, first, accepted)).hasSize(1);
  }

  @Test
  void signaturesAndWrappedMessagesAreTokensToo() {
    assertThat(isNamed(said("\u0004\u0004\u0000\u00ff"), Service.GSSAPI)).isTrue();
    assertThat(isNamed(said("\u0005\u0004\u0000\u00ff"), Service.GSSAPI)).isTrue();
  }

  @Test
  void whatIsNoNegotiationIsLeftAlone() {
    String raw = LoginTokens.kerberos(LoginTokens.apRequest());
    assertThat(rows("kerberos", raw)).isEmpty();
    assertThat(isNamed(said(raw), Service.GSSAPI)).isFalse();
    assertThat(isNamed(said("`\u0003\u0006\u0001"), Service.GSSAPI)).isFalse();
    assertThat(isNamed(said(""), Service.GSSAPI)).isFalse();
  }
}
