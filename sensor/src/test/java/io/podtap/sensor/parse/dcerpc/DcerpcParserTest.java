/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dcerpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.LittleBytes;
import io.podtap.sensor.dispatch.RuleList;
import io.podtap.sensor.dispatch.StreamScript;
import io.podtap.sensor.dispatch.Talk;
import io.podtap.sensor.parse.ntlm.LoginTokens;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Hand-made PDUs of C706 chapter 12. */
class DcerpcParserTest {

  private static final String SAMR = "785734123412cdabef000123456789ac";
  private static final String WINREG = "01d08c334422f131aaaa900038001003";
  private static final String OTHER = "00112233445566778899aabbccddeeff";
  private static final int WHOLE = 3;
  private static final int FIRST = 1;
  private static final int LAST = 2;
  private static final String COLUMNS = "named_pipe endpoint operation";

  private static byte[] pdu(int type, int flags, int call, byte[] body) {
    return pdu(type, flags, call, body, -1, new byte[0]);
  }

  private static byte[] pdu(
      int type, int flags, int call, byte[] body, int loginType, byte[] login) {
    LittleBytes bytes = new LittleBytes().u8(5, 0, type, flags, 0x10, 0, 0, 0).u16(0, login.length);
    bytes.u32(call).put(body);
    if (loginType >= 0) {
      bytes.u8(loginType, 2, 0, 0).u32(1).put(login);
    }
    return bytes.set16(8, bytes.length()).array();
  }

  private static byte[] contexts(int firstContext, String... uuids) {
    LittleBytes body = new LittleBytes().u16(5_840, 5_840).u32(0).u8(uuids.length, 0, 0, 0);
    for (int i = 0; i < uuids.length; i++) {
      body.u16(firstContext + i).u8(1, 0).put(HexFormat.of().parseHex(uuids[i])).u16(1, 0);
      body.zeros(20);
    }
    return body.array();
  }

  private static byte[] accepted(String address) {
    LittleBytes body = new LittleBytes().u16(5_840, 5_840).u32(0);
    body.u16(address.length() + 1).text(address).u8(0);
    return body.zeros(32).array();
  }

  private static byte[] request(int context, int operation, int stub) {
    return new LittleBytes().u32(stub).u16(context, operation).zeros(stub).array();
  }

  private static byte[] response(int context, int stub) {
    return new LittleBytes().u32(stub).u16(context, 0).zeros(stub).array();
  }

  private static String text(byte[] bytes) {
    return LoginTokens.text(bytes);
  }

  private static Talk bound(String address, String... uuids) {
    return new Talk(135)
        .client(text(pdu(Pdu.BIND, WHOLE, 1, contexts(0, uuids))))
        .server(text(pdu(Pdu.BIND_ACK, WHOLE, 1, accepted(address))));
  }

  private static Talk call(Talk talk, int context, int operation) {
    return talk.client(text(pdu(Pdu.REQUEST, WHOLE, 2, request(context, operation, 20))))
        .server(text(pdu(Pdu.RESPONSE, WHOLE, 2, response(context, 20))));
  }

  private static byte[] bigEndianRequest() {
    return HexFormat.of().parseHex("0500000300000000001800000000000200000000" + "00000001");
  }

  private static RuleList rules() {
    String fault = text(pdu(3, WHOLE, 2, response(0, 8)));
    return new RuleList("DCE-RPC")
        .rule(
            "a call by name, the pipe as the server calls it",
            call(bound("\\PIPE\\samr", SAMR), 0, 64),
            "dce_rpc",
            COLUMNS,
            "\\\\PIPE\\\\samr|samr|SamrConnect5")
        .rule(
            "a port instead of a pipe; an operation without a name",
            call(bound("49676", SAMR), 0, 200),
            "dce_rpc",
            COLUMNS,
            "49676|samr|unknown-200")
        .rule(
            "an interface without a name; no address",
            call(bound("", OTHER), 0, 7),
            "dce_rpc",
            COLUMNS,
            "-|unknown-33221100-5544-7766-8899-aabbccddeeff|unknown-7")
        .rule(
            "several contexts in one bind",
            call(call(bound("", SAMR, WINREG), 0, 5), 1, 22),
            "dce_rpc",
            COLUMNS,
            "-|samr|SamrLookupDomainInSamServer",
            "-|winreg|BaseRegSetValue")
        .rule(
            "what is too frequent is left out",
            call(bound("\\PIPE\\winreg", WINREG), 0, 17),
            "dce_rpc",
            COLUMNS)
        .rule(
            "another context later",
            call(
                bound("", SAMR)
                    .client(text(pdu(Pdu.ALTER_CONTEXT, WHOLE, 2, contexts(4, WINREG))))
                    .server(text(pdu(Pdu.ALTER_CONTEXT_RESPONSE, WHOLE, 2, accepted("")))),
                4,
                6),
            "dce_rpc",
            COLUMNS,
            "-|winreg|BaseRegCreateKey")
        .rule(
            "fragments of a request and of its response",
            bound("", SAMR)
                .client(text(pdu(Pdu.REQUEST, FIRST, 2, request(0, 13, 900))))
                .client(text(pdu(Pdu.REQUEST, 0, 2, request(0, 99, 900))))
                .client(text(pdu(Pdu.REQUEST, LAST, 2, request(0, 99, 9))))
                .server(text(pdu(Pdu.RESPONSE, FIRST, 2, response(0, 9_000))))
                .server(text(pdu(Pdu.RESPONSE, LAST, 2, response(0, 9)))),
            "dce_rpc",
            COLUMNS,
            "-|samr|SamrEnumerateUsersInDomain")
        .rule("a fault is no response", bound("", SAMR).server(fault), "dce_rpc", COLUMNS)
        .rule(
            "two first fragments of one call",
            bound("", SAMR)
                .client(text(pdu(Pdu.REQUEST, FIRST, 2, request(0, 13, 9))))
                .client(text(pdu(Pdu.REQUEST, FIRST, 2, request(0, 13, 9)))),
            "weird",
            "name source",
            "multiple_first_fragments_in_dce_rpc_reassembly|DCE_RPC")
        .rule(
            "too much in fragments",
            bound("", SAMR).client(text(pdu(Pdu.REQUEST, FIRST, 2, request(0, 13, 31_000)))),
            "weird",
            "name source",
            "too_much_dce_rpc_fragment_data|DCE_RPC")
        .rule(
            "too many calls in fragments",
            fragments(21),
            "weird",
            "name source",
            "too_many_dce_rpc_msgs_in_reassembly|DCE_RPC")
        .rule(
            "logins that are not read",
            login(0x44, new byte[8]),
            "weird",
            "name addl",
            "netlogon_dce_rpc_auth_type|68")
        .rule(
            "as above", login(0x0E, new byte[8]), "weird", "name addl", "tls_dce_rpc_auth_type|14")
        .rule(
            "as above", login(3, new byte[8]), "weird", "name addl", "unknown_dce_rpc_auth_type|3")
        .rule(
            "raw NTLM in a trailer",
            login(10, LoginTokens.authenticate("DOM", "me", "PC")),
            "ntlm",
            "username domainname hostname success",
            "me|DOM|PC|-")
        .rule(
            "NTLM in SPNEGO in a trailer",
            login(9, bytes(LoginTokens.first(text(LoginTokens.negotiate())))),
            "ntlm",
            "username success",
            "-|-")
        .rule(
            "Kerberos in SPNEGO in a trailer",
            login(9, bytes(LoginTokens.first(LoginTokens.kerberos(LoginTokens.apRequest())))),
            "kerberos",
            "request_type client service cipher",
            "AP|/LAN.EX|cifs/srv|aes256-cts-hmac-sha1-96")
        .rule(
            "bare Kerberos in a trailer",
            login(16, bytes(LoginTokens.apRequest())),
            "kerberos",
            "request_type service",
            "AP|cifs/srv");
  }

  private static byte[] bytes(String text) {
    return new LittleBytes().text(text).array();
  }

  private static Talk fragments(int calls) {
    Talk talk = bound("", SAMR);
    for (int i = 0; i < calls; i++) {
      talk.client(text(pdu(Pdu.REQUEST, FIRST, 10 + i, request(0, 13, 9))));
    }
    return talk;
  }

  private static Talk login(int type, byte[] token) {
    return new Talk(135).client(text(pdu(Pdu.BIND, WHOLE, 1, contexts(0, SAMR), type, token)));
  }

  @Test
  void followsTheRules() {
    rules().hold();
  }

  @Test
  void survivesMutation() {
    rules().surviveMutation();
  }

  @Test
  void goesOnAfterAGap() {
    StreamScript script = StreamScript.tcp(135, Integer.MAX_VALUE);
    script.say(true, pdu(Pdu.BIND, WHOLE, 1, contexts(0, SAMR)));
    script.say(false, pdu(Pdu.BIND_ACK, WHOLE, 1, accepted("")));
    script.gap(true, 50);
    script.say(true, new byte[] {1, 2, 3, 4, 5});
    script.say(true, pdu(Pdu.REQUEST, WHOLE, 3, request(0, 5, 8)));
    script.say(false, pdu(Pdu.RESPONSE, WHOLE, 3, response(0, 8)));
    assertThat(script.rows("dce_rpc")).hasSize(1);
  }

  @Test
  void readsNumbersInTheOrderThatThePduNames() {
    Pdu pdu = new Pdu().wrap(new io.podtap.sensor.parse.Payload(bigEndianRequest()));
    assertThat(pdu.length()).isEqualTo(24);
    assertThat(pdu.call()).isEqualTo(2);
  }

  @Test
  void aConnectionThatIsSomethingElseIsLeft() {
    assertThat(new Talk(135).client("GET / HTTP/1.1\r\n\r\n").rows("dce_rpc")).isEmpty();
  }
}
