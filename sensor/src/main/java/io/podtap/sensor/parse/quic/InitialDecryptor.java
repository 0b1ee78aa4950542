/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.quic;

import io.podtap.sensor.parse.Payload;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Takes the protection off Initial packets, in memory of its own that serves one packet after
 * another.
 *
 * @see "RFC 9001 sections 5.3 and 5.4"
 */
final class InitialDecryptor {

  static final int NOT_DECRYPTED = -1;

  private static final int PACKET_BYTES_MAX = 65_535;
  private static final int SAMPLE_LENGTH = 16;
  private static final int TAG_LENGTH = 16;
  private static final int NUMBER_LENGTH_MAX = 4;

  private final Cipher header;
  private final Cipher payload;
  private final byte[] nonce = new byte[12];
  private final byte[] mask = new byte[SAMPLE_LENGTH];
  private byte[] packet = new byte[2_048];
  private byte[] clear = new byte[2_048];

  InitialDecryptor() {
    try {
      header = Cipher.getInstance("AES/ECB/NoPadding");
      payload = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES is part of every Java", e);
    }
  }

  /**
   * Decrypts one packet.
   *
   * @param data at whose beginning the packet stands
   * @param numberAt where its packet number begins
   * @param length bytes of the packet
   * @return bytes of frames in {@link #frames}, or {@link #NOT_DECRYPTED}
   */
  int decrypt(Payload data, int numberAt, int length, InitialKeys keys) {
    int sampleAt = numberAt + NUMBER_LENGTH_MAX;
    if (length > PACKET_BYTES_MAX || sampleAt + SAMPLE_LENGTH > length || length > data.length()) {
      return NOT_DECRYPTED;
    }
    if (packet.length < length) {
      packet = new byte[PACKET_BYTES_MAX];
      clear = new byte[PACKET_BYTES_MAX];
    }
    data.copyTo(0, packet, 0, length);
    try {
      header.init(Cipher.ENCRYPT_MODE, keys.headerKey());
      header.doFinal(packet, sampleAt, SAMPLE_LENGTH, mask);
      packet[0] ^= (byte) (mask[0] & 0x0F);
      int numberLength = (packet[0] & 3) + 1;
      int bodyAt = numberAt + numberLength;
      System.arraycopy(keys.iv(), 0, nonce, 0, nonce.length);
      for (int i = 0; i < numberLength; i++) {
        packet[numberAt + i] ^= mask[i + 1];
        nonce[nonce.length - numberLength + i] ^= packet[numberAt + i];
      }
      if (length - bodyAt < TAG_LENGTH) {
        return NOT_DECRYPTED;
      }
      payload.init(
          Cipher.DECRYPT_MODE, keys.key(), new GCMParameterSpec(TAG_LENGTH * Byte.SIZE, nonce));
      payload.updateAAD(packet, 0, bodyAt);
      return payload.doFinal(packet, bodyAt, length - bodyAt, clear, 0);
    } catch (GeneralSecurityException e) {
      return NOT_DECRYPTED; // damaged, or of another connection
    }
  }

  /** Returns the memory that holds the frames of the packet decrypted last. */
  byte[] frames() {
    return clear;
  }
}
