/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.families;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every rule of every family leaves its record; prints the table of what is covered. */
class FamiliesTest {

  /** One line for each protocol folder that walks through its family. */
  private static final List<Family> FAMILIES =
      List.of(
          HttpFamily.family(),
          DnsFamily.family(),
          SmtpFamily.family(),
          TextFamilies.pop3(),
          TextFamilies.finger(),
          TextFamilies.ftp(),
          TextFamilies.irc(),
          TcpFamily.family(),
          PacketFamily.family());

  private static final String RAISED_BY = "raised by ";

  @TestFactory
  Stream<DynamicTest> everyRuleLeavesItsRecord() {
    return FAMILIES.stream()
        .flatMap(family ->
            family.cases().stream()
                .map(test ->
                    DynamicTest.dynamicTest(
                        family.name() + ": " + test.rule() + ": " + test.input(),
                        () -> leavesItsRecord(test))));
  }

  private static void leavesItsRecord(FamilyCase test) {
    List<Map<String, String>> rows = test.run().apply(test.log());
    assertThat(rows.stream().anyMatch(test::isIn)).as("%s in %s", test.expected(), rows).isTrue();
  }

  /** A name that no case raises must say why, one that a case raises must not. */
  @Test
  void everyNameIsRaisedOrSaysWhyNot() throws IOException {
    StringBuilder table = new StringBuilder("rule | input | record\n");
    List<String> problems = new ArrayList<>();
    for (Family family : FAMILIES) {
      Map<String, String> names = names(family.name());
      Set<String> raised =
          family.cases().stream()
              .filter(test -> test.log().equals("weird"))
              .map(FamilyCase::rule)
              .collect(Collectors.toSet());
      for (FamilyCase test : family.cases()) {
        table.append(test.rule()).append(" | ").append(test.input()).append(" | ");
        table.append(test.log()).append(' ').append(test.expected()).append('\n');
      }
      names.forEach((name, reason) -> {
        if (raised.contains(name) == !reason.isEmpty()) {
          problems.add(
              family.name() + ": " + name + (reason.isEmpty() ? ": no case" : ": is raised"));
        }
        if (!reason.isEmpty()) {
          table.append(name).append(" | not raised | ").append(reason).append('\n');
        }
      });
      raised.stream()
          .filter(name -> !names.containsKey(name) && !name.endsWith("_in_tunnel"))
          .forEach(name -> problems.add(family.name() + ": " + name + ": not in the list"));
    }
    System.out.println(table);
    assertThat(problems).isEmpty();
  }

  /**
   * Of protocols without a family here, each name says which test raises it, which is looked up in
   * that test, or why none does.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "dce_rpc",
        "dhcp",
        "dnp3",
        "files",
        "irc",
        "krb",
        "ldap",
        "modbus",
        "ntlm",
        "quic",
        "rdp",
        "redis",
        "sip",
        "smb",
        "snmp",
        "socks",
        "ssh",
        "ssl",
        "unparsed"
      })
  void everyNameSaysWhichTestRaisesIt(String list) throws IOException {
    List<String> problems = new ArrayList<>();
    for (Map.Entry<String, String> name : names(list).entrySet()) {
      String reason = name.getValue();
      if (reason.isEmpty()) {
        boolean hasFamily = FAMILIES.stream().anyMatch(family -> family.name().equals(list));
        if (!hasFamily) {
          problems.add(name.getKey() + ": neither a test nor a reason");
        }
      } else if (reason.startsWith(RAISED_BY)
          && !isIn(name.getKey(), reason.substring(RAISED_BY.length()))) {
        problems.add(name.getKey() + ": not in the test");
      }
    }
    assertThat(problems).as(list).isEmpty();
  }

  /** Returns whether a test has a name, or the part of it behind the protocol's. */
  private static boolean isIn(String name, String test) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
      Path file = files.filter(path -> path.endsWith(test + ".java")).findFirst().orElseThrow();
      String text = Files.readString(file);
      return text.contains(name) || text.contains(name.substring(name.indexOf('_') + 1));
    }
  }

  /** Reads a file of names: a name a line, behind " - " why no case raises it. */
  private static Map<String, String> names(String family) throws IOException {
    Map<String, String> names = new LinkedHashMap<>();
    String file = "/weirds/" + family + ".names";
    try (InputStream in = FamiliesTest.class.getResourceAsStream(file)) {
      assertThat(in).as(file).isNotNull();
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      text.lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .forEach(line -> {
            int dash = line.indexOf(" - ");
            names.put(
                dash < 0 ? line.strip() : line.substring(0, dash).strip(),
                dash < 0 ? "" : line.substring(dash + 3).strip());
          });
    }
    return names;
  }
}
