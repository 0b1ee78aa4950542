/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ldap;

import static io.podtap.sensor.parse.ntlm.LoginTokens.element;
import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.RuleList;
import io.podtap.sensor.dispatch.StreamScript;
import io.podtap.sensor.dispatch.Talk;
import io.podtap.sensor.parse.ntlm.LoginTokens;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Every operation, form of filter, kind of bind and wrapping of RFC 4511 that Zeek tells of. */
class LdapRulesTest {

  private static final String MICROSOFT = "*\u0086H\u0082\u00f7\u0012\u0001\u0002\u0002";
  private static final String OPERATION = "opcode result object argument diagnostic_message";

  private static String message(int id, String operation) {
    return element(0x30, element(2, "" + (char) id) + operation);
  }

  private static String octets(String text) {
    return element(4, text);
  }

  private static String result(int tag, int code, String diagnostic, String behind) {
    return element(tag, element(10, "" + (char) code) + octets("") + octets(diagnostic) + behind);
  }

  private static Talk asked(String request, String response) {
    return new Talk(389).client(message(1, request)).server(message(1, response));
  }

  private static String bind(String authentication) {
    return element(0x60, element(2, "\u0003") + octets("cn=me") + authentication);
  }

  private static String sasl(String mechanism, String token) {
    String credentials = token.isEmpty() ? "" : octets(token);
    return bind(element(0xA3, octets(mechanism) + credentials));
  }

  private static String search(int scope, int aliases, String filter) {
    return element(
        0x63,
        octets("dc=x")
            + element(10, "" + (char) scope)
            + element(10, "" + (char) aliases)
            + element(2, "\u0000")
            + element(2, "\u0000")
            + element(1, "\u0000")
            + filter
            + element(0x30, ""));
  }

  private static String equal(String name, String value) {
    return element(0xA3, octets(name) + octets(value));
  }

  private static String token(int flags, int extra, int rotation, String content) {
    String header =
        "\u0005\u0004"
            + (char) flags
            + "\u00ff"
            + (char) (extra >> 8)
            + (char) extra
            + (char) (rotation >> 8)
            + (char) rotation
            + "\u0000".repeat(8);
    String whole = header + content;
    return "\u0000\u0000" + (char) (whole.length() >> 8) + (char) (whole.length() & 0xFF) + whole;
  }

  /** A login that ends with Microsoft's Kerberos. */
  private static Talk kerberos() {
    String chosen =
        element(
            0xA1,
            element(
                0x30,
                element(0xA0, element(10, "\u0000"))
                    + element(0xA1, element(6, MICROSOFT))
                    + element(0xA2, octets(LoginTokens.kerberos(LoginTokens.apResponse())))));
    String first = LoginTokens.first(LoginTokens.kerberos(LoginTokens.apRequest()));
    return asked(sasl("GSS-SPNEGO", first), result(0x61, 0, "", element(0x87, chosen)));
  }

  private static Talk filtered(String filter) {
    return asked(search(2, 0, filter), result(0x65, 0, "", ""));
  }

  private static void filters(RuleList rules) {
    String[][] forms = {
      {"and", element(0xA0, equal("a", "1") + equal("b", "2")), "(&(a=1)(b=2))"},
      {
        "and of three, two at a time",
        element(0xA0, equal("a", "1") + equal("b", "2") + equal("c", "3")),
        "(&(&(a=1)(b=2))(c=3))"
      },
      {"and of one", element(0xA0, equal("a", "1")), "(&(a=1))"},
      {"or", element(0xA1, equal("a", "1") + equal("b", "2")), "(|(a=1)(b=2))"},
      {"not", element(0xA2, equal("a", "1")), "(!(a=1))"},
      {"at least", element(0xA5, octets("a") + octets("1")), "(a>=1)"},
      {"at most", element(0xA6, octets("a") + octets("1")), "(a<=1)"},
      {"presence", element(0x87, "a"), "(a=*)"},
      {"likeness", element(0xA8, octets("a") + octets("1")), "(a~=1)"},
      {
        "beginning, middle, end",
        element(
            0xA4,
            octets("a")
                + element(0x30, element(0x80, "x") + element(0x81, "y") + element(0x82, "z"))),
        "(a=x*y*z)"
      },
      {"a beginning", element(0xA4, octets("a") + element(0x30, element(0x80, "x"))), "(a=x*)"},
      {
        "a rule",
        element(0xA9, element(0x81, "1.2") + element(0x82, "a") + element(0x83, ">=x")),
        "(a:1.2:=>=x)"
      },
      {"escapes", equal("a", "(*)\u0000"), "(a=\\\\28\\\\2a\\\\29\\\\00)"},
      {"version of Windows", equal("NtVer", "\u0016\u0000\u0000\u0000"), "(NtVer=0x00000016)"},
      {
        "GUID",
        equal("DomainGuid", "\u0003\u0002\u0001\u0000\u0005\u0004\u0007\u0006abcdefgh"),
        "(DomainGuid=00010203-0405-0607-6162-636465666768)"
      },
      {
        "SID",
        equal(
            "DomainSid",
            "\u0001\u0004\u0000\u0000\u0000\u0000\u0000\u0005"
                + "\u0015\u0000\u0000\u0000"
                + "\u0001\u0000\u0000\u0000\u0002\u0000\u0000\u0000\u0003\u0000\u0000\u0000"),
        "(DomainSid=S-1-5-21-1-2-3)"
      },
      {"SID in hexadecimal", equal("objectSid", "\u0001\u00ff"), "(objectSid=01:ff)"},
    };
    for (String[] form : forms) {
      rules.rule("filter: " + form[0], filtered(form[1]), "ldap_search", "filter", form[2]);
    }
  }

  private static void operations(RuleList rules) {
    String values = element(0x31, octets("v1") + octets("v2"));
    String change = element(0x30, element(10, "\u0002") + element(0x30, octets("mail") + values));
    String removal =
        element(0x30, element(10, "\u0001") + element(0x30, octets("tel") + element(0x31, "")));
    rules
        .rule(
            "modify",
            asked(
                element(0x66, octets("cn=x") + element(0x30, change + removal)),
                result(0x67, 50, "no", "")),
            "ldap",
            OPERATION,
            "modify|insufficient access rights|cn=x|replace(mail=v1v2),delete(tel)|no")
        .rule(
            "add",
            asked(element(0x68, octets("cn=x") + element(0x30, "")), result(0x69, 68, "", "")),
            "ldap",
            OPERATION,
            "add|entry already exists|-|-|-")
        .rule(
            "delete",
            asked(element(0x4A, "cn=x"), result(0x6B, 0, "", "")),
            "ldap",
            OPERATION,
            "delete|success|cn=x|-|-")
        .rule(
            "change of a name",
            asked(element(0x6C, octets("cn=x")), result(0x6D, 0, "", "")),
            "ldap",
            OPERATION,
            "modify|success|-|-|-")
        .rule(
            "compare",
            asked(element(0x6E, octets("cn=x")), result(0x6F, 6, "", "")),
            "ldap",
            OPERATION,
            "compare|compare true|-|-|-")
        .rule(
            "abandon",
            new Talk(389).client(message(5, element(0x50, "\u0004"))),
            "ldap",
            OPERATION,
            "abandon|-|4|-|-")
        .rule(
            "a request of an extension",
            asked(element(0x77, element(0x80, "1.2.3")), result(0x78, 2, "", "")),
            "ldap",
            OPERATION,
            "extended|protocol error|1.2.3 (unknown)|-|-")
        .rule(
            "bytes outside of ASCII",
            asked(element(0x4A, "cn=\u00e9"), result(0x6B, 123, "caf\u00e9\n", "")),
            "ldap",
            OPERATION,
            "delete|authorization denied|cn=?|-|caf??")
        .rule(
            "a code without a name",
            asked(element(0x4A, "cn=x"), result(0x6B, 17 + 60, "", "")),
            "ldap",
            OPERATION,
            "delete|unknown|cn=x|-|-")
        .rule(
            "controls are passed over",
            new Talk(389)
                .client(message(1, element(0x4A, "cn=x") + element(0xA0, element(0x30, "")))),
            "ldap",
            OPERATION,
            "delete|-|cn=x|-|-");
  }

  private static void binds(RuleList rules) {
    rules
        .rule(
            "a password is not shown",
            asked(bind(element(0x80, "secret")), result(0x61, 49, "", "")),
            "ldap",
            OPERATION,
            "bind simple|invalid credentials|cn=me|REDACTED|-")
        .rule(
            "a bind without a password",
            asked(bind(element(0x80, "")), result(0x61, 0, "", "")),
            "ldap",
            OPERATION,
            "bind simple|success|cn=me|-|-")
        .rule(
            "SASL",
            asked(sasl("SCRAM-SHA-512", "x"), result(0x61, 14, "", "")),
            "ldap",
            OPERATION,
            "bind SASL|SASL bind in progress|cn=me|SCRAM-SHA-512|-")
        .rule(
            "Sicily",
            asked(
                bind(element(0x8A, LoginTokens.text(LoginTokens.negotiate()))),
                result(0x61, 0, "", "")),
            "ldap",
            OPERATION,
            "sicily_negotiate|success|cn=me|NTLMSSP|-")
        .rule(
            "NTLM in Sicily",
            asked(
                bind(element(0x8B, LoginTokens.text(LoginTokens.authenticate("DOM", "me", "PC")))),
                result(0x61, 0, "", "")),
            "ntlm",
            "username hostname",
            "me|PC")
        .rule(
            "NTLM by SASL",
            asked(
                sasl("NTLM", LoginTokens.text(LoginTokens.authenticate("DOM", "me", "PC"))),
                result(0x61, 14, "", element(0x87, LoginTokens.text(LoginTokens.challenge(true))))),
            "ntlm",
            "username server_nb_computer_name",
            "me|SRV")
        .rule(
            "Kerberos by SASL",
            kerberos(),
            "kerberos",
            "request_type client service success",
            "AP|/LAN.EX|cifs/srv|T")
        .rule(
            "an authentication that there is not",
            asked(bind(element(0x85, "")), result(0x61, 7, "", "")),
            "weird",
            "name source",
            "LDAP_unknown_auth_type|LDAP");
  }

  private static void wrappings(RuleList rules) {
    String request = message(2, search(0, 3, element(0x87, "a")));
    String done = message(2, result(0x65, 0, "", ""));
    String entry = message(2, element(0x64, octets("cn=a") + element(0x30, "")));
    String sum = "s".repeat(12);
    rules
        .rule(
            "signed, the checksum in front; several messages in a token",
            kerberos()
                .client(token(1, 12, 12, sum + request))
                .server(token(1, 12, 12, sum + entry + done)),
            "ldap_search",
            "scope deref_aliases result_count result",
            "base|always|1|success")
        .rule(
            "signed, the checksum behind; several tokens at once",
            kerberos()
                .client(token(0, 12, 0, request + sum))
                .server(token(0, 12, 0, entry + sum) + token(0, 12, 0, done + sum)),
            "ldap_search",
            "result_count result",
            "1|success")
        .rule(
            "sealed",
            kerberos().client(token(3, 12, 28, "x".repeat(90))).client(token(3, 0, 0, "y")),
            "ldap_search",
            "scope")
        .rule(
            "after another mechanism in the clear",
            asked(sasl("SCRAM-SHA-1", "x"), result(0x61, 0, "", "")).client(request).server(done),
            "ldap_search",
            "result",
            "success")
        .rule(
            "after another mechanism encrypted",
            asked(sasl("DIGEST-MD5", "x"), result(0x61, 0, "", ""))
                .client("\u0000\u0000\u0000\u0003abc")
                .client("\u0000\u0000\u0000\u0003abc"),
            "ldap_search",
            "result");
  }

  private static void weirds(RuleList rules) {
    Talk many = new Talk(389);
    Talk manySearches = new Talk(389);
    for (int i = 1; i <= 11; i++) {
      many.client(message(i, element(0x4A, "cn=x")));
      manySearches.client(message(i, search(0, 0, element(0x87, "a"))));
    }
    String deletion = message(1, element(0x4A, "cn=x"));
    String wanted = message(1, search(0, 0, element(0x87, "a")));
    rules
        .rule(
            "requests pending",
            many,
            "weird",
            "name addl",
            weird("max_pending_messages_exceeded", "10"))
        .rule(
            "searches pending",
            manySearches,
            "weird",
            "name addl",
            weird("max_pending_searches_exceeded", "10"))
        .rule(
            "a number used for another operation",
            new Talk(389).client(deletion).client(message(1, element(0x68, octets("")))),
            "weird",
            "name addl",
            weird("message_opcode_change", "1: delete -> add"))
        .rule(
            "another object",
            new Talk(389).client(deletion).client(message(1, element(0x4A, "cn=y"))),
            "weird",
            "name addl",
            weird("message_object_change", "1: cn=x -> cn=y"))
        .rule(
            "another base",
            new Talk(389)
                .client(wanted)
                .client(message(1, search(0, 0, element(0x87, "a")).replace("dc=x", "dc=y"))),
            "weird",
            "name addl",
            weird("search_base_object_change", "1: dc=x -> dc=y"))
        .rule(
            "other changes",
            new Talk(389).client(modify("a")).client(modify("b")),
            "weird",
            "name addl",
            weird("message_argument_change", "1: add(a) -> add(b)"))
        .rule(
            "another scope, other aliases and another filter",
            new Talk(389).client(wanted).client(message(1, search(1, 1, element(0x87, "b")))),
            "weird",
            "name addl",
            weird("search_scope_change", "1: base -> single"),
            weird("search_deref_aliases_change", "1: never -> searching"),
            weird("search_filter_change", "1: (a=*) -> (b=*)"))
        .rule(
            "an answer to no bind",
            new Talk(389).client(deletion).server(message(4, result(0x61, 0, "", ""))),
            "weird",
            "name addl",
            weird("bind_without_opcode", "4: bind"))
        .rule(
            "a bind under the number of another",
            new Talk(389)
                .client(message(1, bind(element(0x80, "x"))))
                .client(message(1, bind(element(0x80, "x")))),
            "weird",
            "name addl",
            weird("bind_opcode_already_set", "bind simple"));
  }

  private static String modify(String attribute) {
    String change = element(0x30, octets(attribute) + element(0x31, ""));
    String changes = element(0x30, element(10, "\u0000") + change);
    return message(1, element(0x66, octets("cn=x") + element(0x30, changes)));
  }

  private static String weird(String name, String detail) {
    return "LDAP_" + name + "|" + detail;
  }

  private static RuleList rules() {
    RuleList rules = new RuleList("LDAP");
    operations(rules);
    binds(rules);
    filters(rules);
    wrappings(rules);
    weirds(rules);
    return rules.rule(
        "over UDP, two messages in a datagram",
        Talk.udp(389)
            .client(message(1, search(0, 0, equal("NtVer", "\u0006\u0000\u0000\u0000"))))
            .server(
                message(1, element(0x64, octets("") + element(0x30, "")))
                    + message(1, result(0x65, 0, "", ""))),
        "ldap_search",
        "result_count filter result",
        "1|(NtVer=0x00000006)|success");
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
  void aFilterThatIsTooDeepEndsIt() {
    String filter = element(0x87, "a");
    for (int i = 0; i < 22; i++) {
      filter = element(0xA2, filter);
    }
    assertThat(filtered(filter).rows("ldap_search")).isEmpty();
  }

  @Test
  void goesOnAfterAGap() {
    StreamScript script = StreamScript.tcp(389, Integer.MAX_VALUE);
    say(script, message(1, element(0x4A, "cn=x")));
    script.gap(true, 40);
    say(script, "cut off");
    say(script, message(2, element(0x4A, "cn=y")));
    assertThat(script.rows("ldap")).hasSize(2);
  }

  private static void say(StreamScript script, String text) {
    script.say(true, text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
