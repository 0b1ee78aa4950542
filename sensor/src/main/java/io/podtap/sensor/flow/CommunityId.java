/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.flow;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Community ID version 1: one name for a flow in every tool.
 *
 * @see "Community ID flow hashing, version 1 (github.com/corelight/community-id-spec)"
 */
public final class CommunityId {

  /** Bytes of the hash that follows {@code 1:} in base 64. */
  public static final int LENGTH = 20;

  private final MessageDigest sha1;
  private final ByteBuffer input = ByteBuffer.allocate(2 + 16 + 16 + 2 + 4);
  private final byte[] hash = new byte[LENGTH];
  private final short seed;

  /**
   * @param seed what all who compare ids have agreed on; 0 unless told otherwise
   */
  public CommunityId(int seed) {
    this.seed = (short) seed;
    try {
      sha1 = MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }

  /**
   * Hashes a flow.
   *
   * @return the hash, valid until the next call
   */
  public byte[] of(Flow flow) {
    boolean ipv4 = flow.isIpv4();
    boolean hasPorts = hasPorts(flow.protocol());
    int order = Long.compareUnsigned(flow.originatorHigh(), flow.responderHigh());
    if (order == 0) {
      order = Long.compareUnsigned(flow.originatorLow(), flow.responderLow());
    }
    boolean ordered =
        isOneWay(flow)
            || order < 0
            || (order == 0 && flow.originatorPort() <= flow.responderPort());
    input.clear();
    input.putShort(seed);
    if (ordered) {
      put(flow.originatorHigh(), flow.originatorLow(), ipv4);
      put(flow.responderHigh(), flow.responderLow(), ipv4);
    } else {
      put(flow.responderHigh(), flow.responderLow(), ipv4);
      put(flow.originatorHigh(), flow.originatorLow(), ipv4);
    }
    input.put((byte) flow.protocol()).put((byte) 0);
    if (hasPorts) {
      input.putShort((short) (ordered ? flow.originatorPort() : flow.responderPort()));
      input.putShort((short) (ordered ? flow.responderPort() : flow.originatorPort()));
    }
    try {
      sha1.update(input.array(), 0, input.position());
      sha1.digest(hash, 0, LENGTH);
    } catch (DigestException e) {
      throw new IllegalStateException("the buffer is as long as a hash", e);
    }
    return hash;
  }

  private void put(long high, long low, boolean ipv4) {
    if (ipv4) {
      input.putInt((int) low);
    } else {
      input.putLong(high).putLong(low);
    }
  }

  private static boolean hasPorts(int protocol) {
    return protocol == 6 || protocol == 17 || protocol == 132 || protocol == 1 || protocol == 58;
  }

  /** An ICMP message without an answer keeps its direction. */
  private static boolean isOneWay(Flow flow) {
    return switch (flow.protocol()) {
      case 1, 58 -> IcmpPairs.isOneWay(flow.protocol(), flow.originatorPort());
      default -> false;
    };
  }
}
