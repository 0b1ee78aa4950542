/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dcerpc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InterfacesTest {

  @Test
  void identifiersAreWellFormed() {
    assertThat(Interfaces.all().keySet())
        .hasSizeGreaterThan(100)
        .allMatch(uuid -> uuid.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"));
  }

  @Test
  void operationsHaveTheNumbersOfTheirSpecifications() {
    assertThat(name("12345778-1234-abcd-ef00-0123456789ac", 64)).isEqualTo("SamrConnect5");
    assertThat(name("12345778-1234-abcd-ef00-0123456789ab", 44)).isEqualTo("LsarOpenPolicy2");
    assertThat(name("12345678-1234-abcd-ef00-01234567cffb", 45))
        .isEqualTo("NetrLogonSamLogonWithFlags");
    assertThat(name("4b324fc8-1670-01d3-1278-5a47bf6ee188", 15)).isEqualTo("NetrShareEnum");
    assertThat(name("367abb81-9844-35f1-ad32-98f038001003", 12)).isEqualTo("CreateServiceW");
    assertThat(name("12345678-1234-abcd-ef00-0123456789ab", 89)).isEqualTo("RpcAddPrinterDriverEx");
    assertThat(name("9556dc99-828c-11cf-a37e-00aa003240c7", 24)).isEqualTo("ExecMethod");
    assertThat(name("9556dc99-828c-11cf-a37e-00aa003240c7", 2)).isEqualTo("unknown-2");
  }

  private static String name(String uuid, int number) {
    return Interfaces.of(uuid).operation(number);
  }

  @Test
  void pipesHaveTheirUsualInterfaces() {
    assertThat(Interfaces.ofPipe("\\PIPE\\SrvSvc"))
        .isEqualTo(Interfaces.of("4b324fc8-1670-01d3-1278-5a47bf6ee188"));
    assertThat(Interfaces.ofPipe("lsass")).isNull();
  }
}
