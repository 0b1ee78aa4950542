/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.kerberos;

import static io.podtap.sensor.parse.kerberos.KerberosText.AS_REQUEST;
import static io.podtap.sensor.parse.kerberos.KerberosText.AS_RESPONSE;
import static io.podtap.sensor.parse.kerberos.KerberosText.TGS_REQUEST;
import static io.podtap.sensor.parse.kerberos.KerberosText.TGS_RESPONSE;
import static io.podtap.sensor.parse.kerberos.KerberosText.accepted;
import static io.podtap.sensor.parse.kerberos.KerberosText.addition;
import static io.podtap.sensor.parse.kerberos.KerberosText.certificates;
import static io.podtap.sensor.parse.kerberos.KerberosText.error;
import static io.podtap.sensor.parse.kerberos.KerberosText.measured;
import static io.podtap.sensor.parse.kerberos.KerberosText.message;
import static io.podtap.sensor.parse.kerberos.KerberosText.request;
import static io.podtap.sensor.parse.kerberos.KerberosText.response;
import static io.podtap.sensor.parse.kerberos.KerberosText.shown;
import static io.podtap.sensor.parse.kerberos.KerberosText.signed;
import static io.podtap.sensor.parse.kerberos.KerberosText.signedByClient;
import static io.podtap.sensor.parse.kerberos.KerberosText.signedByServer;
import static io.podtap.sensor.parse.kerberos.KerberosText.ticket;
import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.StreamScript;
import io.podtap.sensor.dispatch.Talk;
import io.podtap.sensor.flow.ServiceSet;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.x509.CertificateText;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Walks through the family: every kind of message over every transport, every cipher, every error,
 * and the certificates with which both ends sign.
 */
class KerberosFamilyTest {

  private static final int PORT = 88;
  private static final int OTHER_PORT = 7_088;

  private static final String TICKET = ticket("REALM", 18, "krbtgt", "REALM");
  private static final String AES = "aes256-cts-hmac-sha1-96";

  /**
   * One kind of message alone.
   *
   * @param isExchange whether it is known away from port 88 as well
   * @param row request type, client, service, success, error and cipher; empty for no record
   */
  private record Kind(
      String name, boolean fromClient, String message, boolean isExchange, List<String> row) {}

  private static List<Kind> kinds() {
    String service = "krbtgt/REALM";
    return List.of(
        new Kind(
            "AS-REQ",
            true,
            request(AS_REQUEST, "me", "krbtgt"),
            true,
            List.of("AS", "me/REALM", service, "-", "-", "-")),
        new Kind(
            "AS-REP",
            false,
            response(AS_RESPONSE, "me", TICKET),
            true,
            List.of("-", "me/REALM", service, "T", "-", AES)),
        new Kind(
            "TGS-REQ",
            true,
            request(TGS_REQUEST, "", "krbtgt"),
            true,
            List.of("TGS", "-", service, "-", "-", "-")),
        new Kind(
            "TGS-REQ with the ticket that it is asked by",
            true,
            request(TGS_REQUEST, "", "host", addition(1, shown(TICKET))),
            true,
            List.of("TGS", "-", "host/REALM", "-", "-", "-")),
        new Kind(
            "TGS-REP of another realm",
            false,
            response(TGS_RESPONSE, "me", ticket("REALM", 23, "krbtgt", "OTHER")),
            true,
            List.of("-", "me/REALM", "krbtgt/OTHER", "T", "-", "rc4-hmac")),
        new Kind(
            "AP-REQ", true, shown(TICKET), false, List.of("AP", "/REALM", service, "-", "-", AES)),
        new Kind("AP-REP", false, accepted(), false, List.of("-", "-", "-", "T", "-", "-")),
        new Kind("KRB-SAFE", true, message(20, plain(20)), false, List.of()),
        new Kind("KRB-PRIV", true, message(21, plain(21)), false, List.of()),
        new Kind("KRB-CRED", true, message(22, plain(22)), false, List.of()),
        new Kind(
            "KRB-ERROR",
            false,
            error(7, ""),
            true,
            List.of("-", "-", service, "F", "KDC_ERR_S_PRINCIPAL_UNKNOWN", "-")));
  }

  private static String plain(int kind) {
    return "a003020105" + "a1030201" + String.format("%02x", kind);
  }

  @TestFactory
  Stream<DynamicTest> everyKindOverEveryTransport() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Kind kind : kinds()) {
      for (int port : new int[] {PORT, OTHER_PORT}) {
        for (boolean isUdp : new boolean[] {true, false}) {
          String name = kind.name + (isUdp ? ", UDP " : ", TCP ") + port;
          boolean isKnown = port == PORT || kind.isExchange;
          tests.add(DynamicTest.dynamicTest(name, () -> isReadOver(kind, isUdp, port, isKnown)));
        }
      }
    }
    return tests.stream();
  }

  private static void isReadOver(Kind kind, boolean isUdp, int port, boolean isKnown) {
    Talk talk = isUdp ? Talk.udp(port) : new Talk(port);
    String said = isUdp ? kind.message : measured(kind.message);
    if (kind.fromClient) {
      talk.clientHex(said);
    } else {
      talk.serverHex(said);
    }
    Service service = isUdp ? Service.KERBEROS : KerberosProtocol.OVER_TCP;
    assertThat(talk.services()).isEqualTo(isKnown ? service.alone() : ServiceSet.EMPTY);
    List<Map<String, String>> rows = talk.rows("kerberos");
    if (!isKnown || kind.row.isEmpty()) {
      assertThat(rows).isEmpty();
    } else {
      assertThat(rows).extracting(KerberosFamilyTest::values).containsExactly(kind.row);
    }
  }

  @Test
  void ticketsAreShownInsideOfOtherProtocols() {
    StreamScript script = StreamScript.tcp(445, Integer.MAX_VALUE).messagesOf(Service.KERBEROS);
    script.say(/* fromClient= */ true, HexFormat.of().parseHex(shown(TICKET)));
    script.say(/* fromClient= */ false, HexFormat.of().parseHex(accepted()));

    assertThat(script.rows("kerberos"))
        .extracting(KerberosFamilyTest::values)
        .containsExactly(List.of("AP", "/REALM", "krbtgt/REALM", "T", "-", AES));
    assertThat(Service.KERBEROS.isIn(script.services())).isTrue();
  }

  private static List<String> values(Map<String, String> row) {
    return Stream.of("request_type", "client", "service", "success", "error_msg", "cipher")
        .map(field -> row.getOrDefault(field, "-"))
        .toList();
  }

  private static Map<String, String> outcome(String answer) {
    return Talk.udp(PORT)
        .clientHex(request(AS_REQUEST, "me", "krbtgt"))
        .serverHex(answer)
        .rows("kerberos")
        .getFirst();
  }

  /** IANA, Kerberos encryption type numbers, by the names that Zeek gives them. */
  @Test
  void everyCipherHasItsName() {
    Map<Integer, String> names =
        Map.ofEntries(
            Map.entry(1, "des-cbc-crc"),
            Map.entry(2, "des-cbc-md4"),
            Map.entry(3, "des-cbc-md5"),
            Map.entry(5, "des3-cbc-md5"),
            Map.entry(7, "des3-cbc-sha1"),
            Map.entry(9, "dsaWithSHA1-CmsOID"),
            Map.entry(10, "md5WithRSAEncryption-CmsOID"),
            Map.entry(11, "sha1WithRSAEncryption-CmsOID"),
            Map.entry(12, "rc2CBC-EnvOID"),
            Map.entry(13, "rsaEncryption-EnvOID"),
            Map.entry(14, "rsaES-OAEP-ENV-OID"),
            Map.entry(15, "des-ede3-cbc-Env-OID"),
            Map.entry(16, "des3-cbc-sha1-kd"),
            Map.entry(17, "aes128-cts-hmac-sha1-96"),
            Map.entry(18, AES),
            Map.entry(23, "rc4-hmac"),
            Map.entry(24, "rc4-hmac-exp"),
            Map.entry(25, "camellia128-cts-cmac"),
            Map.entry(26, "camellia256-cts-cmac"),
            Map.entry(65, "subkey-keymaterial"));
    IntStream.rangeClosed(0, 70)
        .forEach(cipher ->
            assertThat(
                    outcome(
                        response(AS_RESPONSE, "me", ticket("REALM", cipher, "krbtgt", "REALM"))))
                .containsEntry("cipher", names.getOrDefault(cipher, "unknown-" + cipher)));
  }

  @Test
  void everyErrorHasItsNameOrItsText() {
    List<Integer> unnamed = List.of(30, 43, 53, 54, 55, 56, 57, 58, 59, 77, 78);
    for (int code = 0; code <= 78; code++) {
      String message = outcome(error(code, "")).getOrDefault("error_msg", "-");
      assertThat(message.equals("-")).as(code + ": " + message).isEqualTo(unnamed.contains(code));
      assertThat(outcome(error(code, "why"))).containsEntry("error_msg", "why");
    }
  }

  @Test
  void aClientThatIsToProveItselfHasOneRecord() {
    for (String text :
        new String[] {"NEEDED_PREAUTH", "Need to use PA-ENC-TIMESTAMP/PA-PK-AS-REQ"}) {
      List<Map<String, String>> rows =
          new Talk(PORT)
              .clientHex(measured(request(AS_REQUEST, "me", "krbtgt")))
              .serverHex(measured(error(25, text)))
              .clientHex(measured(request(AS_REQUEST, "me", "krbtgt", addition(2, "3000"))))
              .serverHex(measured(response(AS_RESPONSE, "me", TICKET)))
              .isTheSameHoweverCut("kerberos")
              .rows("kerberos");
      assertThat(rows)
          .extracting(KerberosFamilyTest::values)
          .containsExactly(List.of("AS", "me/REALM", "krbtgt/REALM", "T", "-", AES));
    }
  }

  @Test
  void namesOfOneTwoAndThreePartsAndOfNone() {
    assertThat(service("host")).isEqualTo("host");
    assertThat(service("host", "a")).isEqualTo("host/a");
    assertThat(service("ldap", "a", "REALM")).isEqualTo("ldap/a/REALM");
    assertThat(service()).isEqualTo("unknown");
  }

  private static String service(String... parts) {
    return outcome(response(AS_RESPONSE, "me", ticket("REALM", 18, parts)))
        .getOrDefault("service", "-");
  }

  private static final String CLIENT = CertificateText.certificate("client");
  private static final String SERVER = CertificateText.certificate("kdc");

  private static Talk signedTalk(String client, String server) {
    return new Talk(PORT)
        .clientHex(measured(request(AS_REQUEST, "me", "krbtgt", client, addition(128, ""))))
        .serverHex(measured(response(AS_RESPONSE, "me", TICKET, addition(19, "3000"), server)));
  }

  @Test
  void certificatesWithWhichBothEndsSign() {
    Talk talk =
        signedTalk(
            signedByClient(signed(certificates(CLIENT), "3100")),
            signedByServer(signed(certificates(SERVER, CLIENT), "3100")));

    assertThat(talk.isTheSameHoweverCut("kerberos").rows("kerberos"))
        .singleElement()
        .satisfies(row ->
            assertThat(row)
                .containsEntry("client_cert_subject", "CN=client,C=DE")
                .containsEntry("server_cert_subject", "CN=kdc,C=DE")
                .containsEntry("success", "T"));
    assertThat(talk.isTheSameHoweverCut("x509").rows("x509"))
        .extracting(row ->
            List.of(row.get("certificate.subject"), row.get("host_cert"), row.get("client_cert")))
        .containsExactly(List.of("CN=client,C=DE", "T", "T"), List.of("CN=kdc,C=DE", "T", "F"));
  }

  @Test
  void aCertificateIsKnownOverDatagramsAndBehindAnError() {
    Talk talk =
        Talk.udp(PORT)
            .clientHex(
                request(AS_REQUEST, "me", "krbtgt", signedByClient(signed(certificates(CLIENT)))))
            .serverHex(error(62, ""));
    assertThat(talk.rows("kerberos"))
        .singleElement()
        .satisfies(row ->
            assertThat(row)
                .containsEntry("client_cert_subject", "CN=client,C=DE")
                .containsEntry("error_msg", "KDC_ERROR_CLIENT_NOT_TRUSTED"));
  }

  @Test
  void whatIsNotACertificateIsNoted() {
    String anonymous = signedByClient(signed("3100"));
    String encryptedKey = addition(17, element81("3000"));
    Talk talk = signedTalk(anonymous, encryptedKey);

    assertThat(talk.rows("kerberos"))
        .singleElement()
        .satisfies(row ->
            assertThat(row)
                .containsEntry("client_cert_subject", "-")
                .containsEntry("server_cert_subject", "-")
                .containsEntry("success", "T"));
    assertThat(talk.rows("x509")).isEmpty();
  }

  private static String element81(String content) {
    return "a1" + String.format("%02x", content.length() / 2) + content;
  }

  @Test
  void survivesMutation() {
    signedTalk(
            signedByClient(signed(certificates(CLIENT), "3100")),
            signedByServer(signed(certificates(SERVER), "3100")))
        .survivesMutation();
    for (Kind kind : kinds()) {
      Talk.udp(OTHER_PORT).clientHex(kind.message).survivesMutation();
    }
  }
}
