/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.stream;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts made-up records as TLS does, with a key of zeros, and throws them away: interpreted,
 * AES-GCM takes milliseconds for a record, and a queue is full before the compiler has taken
 * notice. Short records, of which there must be many more than bytes for that: it counts calls.
 *
 * <p>One thread.
 */
public final class CipherRehearsal {

  /** The shortest that takes the JDK's way of long ones, and a rest that takes the other. */
  private static final int PLAIN_BYTES = 512 + 20;

  private static final int TAG_BYTES = 16;
  private static final int NONCE_BYTES = 12;
  private static final int HEADER_BYTES = 5;

  private final Cipher cipher;
  private final SecretKeySpec key = new SecretKeySpec(new byte[16], "AES");
  private final ByteBuffer record = ByteBuffer.allocate(PLAIN_BYTES + TAG_BYTES);
  private final byte[] header = new byte[HEADER_BYTES];
  private long number;

  public CipherRehearsal() {
    try {
      cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a Java runtime without AES-GCM", e);
    }
  }

  /** Encrypts one record, in its place as TLS does. */
  public void encryptOne() {
    byte[] nonce = ByteBuffer.allocate(NONCE_BYTES).putLong(number++).array();
    try {
      cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BYTES * 8, nonce));
      cipher.updateAAD(header);
      ByteBuffer plain = record.clear().limit(PLAIN_BYTES).duplicate();
      cipher.doFinal(plain, record.clear());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM", e);
    }
  }
}
