/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.encapsulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.LinkType;
import io.podtap.core.testing.Allocation;
import io.podtap.tap.testing.FrameBuilder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class EncapsulateTest {

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment target = arena.allocate(100);
  private final Headers headers = new Headers();
  private final LinkHeader link = new LinkHeader(0x0A0B_0C0D);

  @AfterEach
  void closeMemory() {
    arena.close();
  }

  private String written(int length) {
    return HexFormat.of().formatHex(target.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
  }

  private Frame frame(byte[] bytes, int linkType, boolean outgoing) {
    return FrameBuilder.frame(arena, bytes).origin(linkType, 0, outgoing);
  }

  private boolean locate(Frame frame) {
    headers.locate(frame.segment(), frame.offset(), frame.length(), frame.linkType());
    return link.locate(frame, headers);
  }

  private String linkHeader(Frame frame) {
    assertThat(locate(frame)).isTrue();
    link.write(target, 0);
    return written(link.length());
  }

  @Test
  void writesVxlanWithTheFlagOfTheVniAlone() {
    Encapsulator vxlan =
        new Encapsulator(new EncapsulationSettings(Encapsulation.VXLAN, 0x123456), 7);
    vxlan.write(target, 0, 1, 2);
    assertThat(written(vxlan.headerLength())).isEqualTo("0800000012345600");
  }

  @Test
  void writesGeneveWithCaptureTimeLengthAndTap() {
    Encapsulator geneve = new Encapsulator(new EncapsulationSettings(Encapsulation.GENEVE, 42), 7);
    geneve.write(target, 0, 0x1122_3344_5566_7788L, 1_500);
    assertThat(written(geneve.headerLength()))
        .isEqualTo("0500655800002a00ff000104" + "1122334455667788" + "000005dc" + "00000007");
  }

  @Test
  void keepsTheCapturedHeaderWithItsTags() {
    byte[] bytes = new FrameBuilder().tag(0x88A8, 0x0064).tag(0x8100, 0x0065).build();
    assertThat(linkHeader(frame(bytes, LinkType.ETHERNET, true)))
        .isEqualTo("020000000001020000000002" + "88a80064" + "81000065" + "0800");
    assertThat(link.packetOffset()).isEqualTo(6 + 22);
  }

  @Test
  void putsAStrippedTagInFrontOfTheOthers() {
    byte[] plain = new FrameBuilder().build();
    assertThat(linkHeader(frame(plain, LinkType.ETHERNET, true).vlan(0x8100, 0x2064)))
        .isEqualTo("020000000001020000000002" + "81002064" + "0800");
    byte[] tagged = new FrameBuilder().tag(0x8100, 0x0065).build();
    assertThat(linkHeader(frame(tagged, LinkType.ETHERNET, true).vlan(0x88A8, 0x0064)))
        .isEqualTo("020000000001020000000002" + "88a80064" + "81000065" + "0800");
  }

  @Test
  void makesAHeaderFromTheTapsIdWhereThereIsNone() {
    byte[] ipv4 = Arrays.copyOfRange(new FrameBuilder().build(), 14, 54);
    assertThat(linkHeader(frame(ipv4, LinkType.RAW, true)))
        .isEqualTo("02010a0b0c0d" + "02000a0b0c0d" + "0800");
    byte[] ethernet = new FrameBuilder().ipv6().build();
    byte[] ipv6 = Arrays.copyOfRange(ethernet, 14, ethernet.length);
    assertThat(linkHeader(frame(ipv6, LinkType.RAW, false)))
        .isEqualTo("02000a0b0c0d" + "02010a0b0c0d" + "86dd");
    assertThat(linkHeader(frame(ipv6, LinkType.RAW, false).vlan(0x8100, 5)))
        .isEqualTo("02000a0b0c0d" + "02010a0b0c0d" + "81000005" + "86dd");
  }

  @Test
  void keepsFramesThatAreNotIp() {
    byte[] arp = HexFormat.of().parseHex("ffffffffffff0200000000020806" + "0001080006040001");
    assertThat(linkHeader(frame(arp, LinkType.ETHERNET, true)))
        .isEqualTo("ffffffffffff0200000000020806");
  }

  @Test
  void refusesFramesWithoutAHeader() {
    assertThat(locate(frame(new byte[13], LinkType.ETHERNET, true))).isFalse();
    assertThat(locate(frame(new byte[13], LinkType.RAW, true))).isFalse();
    assertThat(locate(frame(new byte[64], 999, true))).isFalse();
  }

  @Test
  void readsVniAsDecimalOrHexadecimalWithPrefix() {
    assertThat(EncapsulationSettings.parseVni("42")).isEqualTo(42);
    assertThat(EncapsulationSettings.parseVni("0x42")).isEqualTo(0x42);
    assertThat(EncapsulationSettings.parseVni("16777215")).isEqualTo(0xFF_FFFF);
    for (String wrong : new String[] {"16777216", "-1", "0x1000000", "abc", "", "0x"}) {
      assertThatThrownBy(() -> EncapsulationSettings.parseVni(wrong))
          .isInstanceOf(SettingsException.class)
          .hasMessageContaining("VNI");
    }
  }

  @Test
  void allocatesNothing() {
    Frame frame = frame(new FrameBuilder().tag(0x8100, 1).build(), LinkType.ETHERNET, true);
    frame.vlan(0x88A8, 2);
    Encapsulator geneve = new Encapsulator(new EncapsulationSettings(Encapsulation.GENEVE, 42), 7);
    long allocated =
        Allocation.ofWarm(
            1_000,
            () -> {
              locate(frame);
              geneve.write(target, 0, 1, 2);
              link.write(target, geneve.headerLength());
            });
    assertThat(allocated).isZero();
  }
}
