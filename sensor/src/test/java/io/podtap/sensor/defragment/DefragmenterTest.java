/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.defragment;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Checksum;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.Ipv4;
import io.podtap.core.packet.Ipv6;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DefragmenterTest {

  private int scope;

  private final Defragmenter defragmenter = new Defragmenter();
  private final Headers headers = new Headers();

  @AfterEach
  void close() {
    defragmenter.close();
  }

  @Test
  void putsIpv4FragmentsTogetherInAnyOrder() {
    long seed = 5;
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      byte[] payload = payload(random, 1 + random.nextInt(9_000));
      List<byte[]> fragments = fragments4(payload, 8 * (1 + random.nextInt(180)), round);
      Collections.shuffle(fragments, random);
      int whole = 0;
      for (byte[] fragment : fragments) {
        if (offer(fragment, 0)) {
          whole++;
          byte[] packet = packet();
          assertThat(Arrays.copyOfRange(packet, 20, packet.length))
              .as("seed %d round %d", seed, round)
              .isEqualTo(payload);
          MemorySegment segment = MemorySegment.ofArray(packet);
          assertThat(Ipv4.totalLength(segment, 0)).isEqualTo(packet.length);
          assertThat(Ipv4.fragmentWord(segment, 0)).isZero();
          assertThat(Checksum.finish(Checksum.sum(segment, 0, 20))).isZero();
        }
      }
      assertThat(whole).isEqualTo(fragments.size() == 1 ? 0 : 1);
    }
  }

  @Test
  void takesTheFragmentHeaderOutOfIpv6() {
    byte[] payload = payload(new Random(1), 3_000);

    assertThat(offer(fragment6(payload, 0, 1_440, true), 0)).isFalse();
    assertThat(offer(fragment6(payload, 2_880, 120, false), 0)).isFalse();
    assertThat(offer(fragment6(payload, 1_440, 1_440, true), 0)).isTrue();

    byte[] packet = packet();
    MemorySegment segment = MemorySegment.ofArray(packet);
    assertThat(Ipv6.nextHeader(segment, 0)).isEqualTo(IpProtocol.UDP);
    assertThat(Ipv6.payloadLength(segment, 0)).isEqualTo(3_000);
    assertThat(Arrays.copyOfRange(packet, 40, packet.length)).isEqualTo(payload);
  }

  @Test
  void keepsTheFirstCopyOfOverlappingBytesAndNamesIt() {
    byte[] payload = payload(new Random(2), 320);
    byte[] other = payload(new Random(3), 320);

    offer(fragment4(payload, 0, 160, true, 1), 0);
    offer(fragment4(other, 80, 160, true, 1), 0);
    offer(fragment4(payload, 240, 80, false, 1), 0);

    byte[] packet = packet();
    assertThat(Arrays.copyOfRange(packet, 20, 180)).isEqualTo(Arrays.copyOfRange(payload, 0, 160));
    assertThat(defragmenter.weirds()).containsEntry(FragmentWeird.FRAGMENT_INCONSISTENCY, 1L);
  }

  @Test
  void fragmentsOfOneTapDoNotCompleteThoseOfAnother() {
    byte[] payload = payload(new Random(2), 320);

    offer(fragment4(payload, 0, 160, true, 1), 0);
    scope = 1;
    assertThat(offer(fragment4(payload, 160, 160, false, 1), 0)).isFalse();
    assertThat(offer(fragment4(payload, 0, 160, true, 1), 0)).isTrue();
  }

  @Test
  void fragmentsThatDisagreeAboutTheProtocolAreOdd() {
    byte[] payload = payload(new Random(2), 320);
    byte[] other = fragment4(payload, 160, 160, false, 1);
    other[9] = IpProtocol.TCP;

    offer(fragment4(payload, 0, 160, true, 1), 0);

    assertThat(offer(other, 0)).isTrue();
    assertThat(defragmenter.weirds())
        .containsEntry(FragmentWeird.FRAGMENT_PROTOCOL_INCONSISTENCY, 1L);
  }

  @Test
  void countsADuplicateAsOverlap() {
    byte[] payload = payload(new Random(2), 320);

    offer(fragment4(payload, 0, 160, true, 1), 0);
    offer(fragment4(payload, 0, 160, true, 1), 0);

    assertThat(offer(fragment4(payload, 160, 160, false, 1), 0)).isTrue();
    assertThat(defragmenter.weirds()).containsEntry(FragmentWeird.FRAGMENT_OVERLAP, 1L);
  }

  @Test
  void refusesWhatWouldBeLargerThanADatagramCanBe() {
    byte[] payload = payload(new Random(2), 1_000);
    byte[] fragment = fragment4(payload, 0, 1_000, false, 1);
    MemorySegment segment = MemorySegment.ofArray(fragment);
    Ipv4.fragmentWord(segment, 0, 0x1FFF);

    assertThat(offer(fragment, 0)).isFalse();

    assertThat(defragmenter.weirds()).containsKey(FragmentWeird.EXCESSIVELY_LARGE_FRAGMENT);
  }

  @Test
  void neverShowsAnotherDatagramsBytesThroughAHole() {
    byte[] secret = new byte[136];
    Arrays.fill(secret, (byte) 0x53);
    for (byte[] fragment : fragments4(secret, 64, 1)) {
      offer(fragment, 0); // whole: its buffer is used again
    }
    byte[] payload = new byte[400];

    // Eight blocks, seven behind the end, one last: as many as sixteen blocks need, with a hole.
    assertThat(offer(fragment4(payload, 0, 64, true, 2), 1)).isFalse();
    assertThat(offer(fragment4(payload, 256, 56, true, 2), 1)).isFalse();
    assertThat(offer(fragment4(payload, 120, 8, false, 2), 1)).isFalse();

    assertThat(defragmenter.weirds()).containsEntry(FragmentWeird.FRAGMENT_SIZE_INCONSISTENCY, 1L);
  }

  @Test
  void forgetsFragmentsThatTakeTooLong() {
    byte[] payload = payload(new Random(2), 320);
    offer(fragment4(payload, 0, 160, true, 1), 0);

    assertThat(offer(fragment4(payload, 160, 160, false, 1), Defragmenter.TIMEOUT_NS)).isFalse();

    assertThat(defragmenter.weirds()).containsEntry(FragmentWeird.FRAGMENTS_TIMED_OUT, 1L);
    assertThat(defragmenter.making()).isEqualTo(1);
  }

  @Test
  void staysWithinItsMemoryUnderAFlood() {
    byte[] payload = payload(new Random(2), 320);
    for (int id = 0; id < 5_000; id++) {
      offer(fragment4(payload, 0, 160, true, id), id);
    }

    assertThat(defragmenter.making()).isEqualTo(Defragmenter.DATAGRAMS_MAX);
    assertThat(defragmenter.buffers()).isLessThanOrEqualTo(Defragmenter.DATAGRAMS_MAX + 1);
    assertThat(defragmenter.weirds())
        .containsEntry(FragmentWeird.FRAGMENTS_EVICTED, 5_000L - Defragmenter.DATAGRAMS_MAX);
  }

  @Test
  void neverThrowsOnRandomFragments() {
    Random random = new Random(11);
    for (int round = 0; round < 100_000; round++) {
      byte[] data = new byte[20 + random.nextInt(200)];
      random.nextBytes(data);
      boolean ipv6 = random.nextBoolean() && data.length >= 56;
      data[0] = (byte) (ipv6 ? 0x60 : 0x45);
      MemorySegment segment = MemorySegment.ofArray(data);
      if (ipv6) {
        Ipv6.payloadLength(segment, 0, data.length - 40);
        Ipv6.nextHeader(segment, 0, IpProtocol.FRAGMENT);
        Bytes.putI32(segment, 44, random.nextInt(3));
      } else {
        Ipv4.totalLength(segment, 0, data.length);
        Ipv4.identification(segment, 0, random.nextInt(3));
      }
      offer(data, round);
    }
    assertThat(defragmenter.making()).isLessThanOrEqualTo(Defragmenter.DATAGRAMS_MAX);
  }

  private boolean offer(byte[] packet, long nowNs) {
    MemorySegment segment = MemorySegment.ofArray(packet);
    headers.locateIp(segment, 0, packet.length);
    return headers.isFragment() && defragmenter.offer(segment, headers, scope, nowNs);
  }

  private byte[] packet() {
    return defragmenter
        .segment()
        .asSlice(defragmenter.offset(), defragmenter.length())
        .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
  }

  private static byte[] payload(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static List<byte[]> fragments4(byte[] payload, int size, int id) {
    List<byte[]> fragments = new ArrayList<>();
    for (int at = 0; at < payload.length; at += size) {
      int length = Math.min(size, payload.length - at);
      fragments.add(fragment4(payload, at, length, at + length < payload.length, id));
    }
    return fragments;
  }

  private static byte[] fragment4(byte[] payload, int at, int length, boolean more, int id) {
    byte[] packet = new byte[20 + length];
    MemorySegment segment = MemorySegment.ofArray(packet);
    Bytes.putU8(segment, 0, 0x45);
    Ipv4.totalLength(segment, 0, packet.length);
    Ipv4.identification(segment, 0, id);
    Ipv4.fragmentWord(segment, 0, at >>> 3 | (more ? Ipv4.FLAG_MORE_FRAGMENTS : 0));
    Bytes.putU8(segment, 9, IpProtocol.UDP);
    Bytes.putI32(segment, 12, 0x0A000001);
    Bytes.putI32(segment, 16, 0x0A000002);
    System.arraycopy(payload, at, packet, 20, length);
    return packet;
  }

  private static byte[] fragment6(byte[] payload, int at, int length, boolean more) {
    byte[] packet = new byte[48 + length];
    MemorySegment segment = MemorySegment.ofArray(packet);
    Bytes.putU8(segment, 0, 0x60);
    Ipv6.payloadLength(segment, 0, 8 + length);
    Ipv6.nextHeader(segment, 0, IpProtocol.FRAGMENT);
    Bytes.putU8(segment, 40, IpProtocol.UDP);
    Bytes.putU16(segment, 42, at | (more ? 1 : 0));
    Bytes.putI32(segment, 44, 77);
    System.arraycopy(payload, at, packet, 48, length);
    return packet;
  }
}
