/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.start;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
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
final class CipherRehearsal {

  /** The shortest that takes the JDK's way of long ones, and a rest that takes the other. */
  private static final int PLAIN_BYTES = 512 + 20;

  private static final int TAG_BYTES = 16;
  private static final int NONCE_BYTES = 12;
  private static final int HEADER_BYTES = 5;

  private static final int REHEARSAL_RECORDS = 6_000;
  private static final long REHEARSAL_NS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Whether a stream of this process has begun to: compiled code is the process's, too. */
  private static final AtomicBoolean REHEARSED = new AtomicBoolean();

  private final Cipher cipher;
  private final SecretKeySpec key = new SecretKeySpec(new byte[16], "AES");
  private final ByteBuffer record = ByteBuffer.allocate(PLAIN_BYTES + TAG_BYTES);
  private final byte[] header = new byte[HEADER_BYTES];
  private long number;

  CipherRehearsal() {
    try {
      cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a Java runtime without AES-GCM", e);
    }
  }

  /**
   * Encrypts records once in this process: the compiler works while hands are shaken, and what it
   * has made serves every stream after that. Any thread.
   *
   * @param isOver ends it early
   */
  static void runOnce(BooleanSupplier isOver) {
    if (REHEARSED.getAndSet(true)) {
      return;
    }
    CipherRehearsal cipher = new CipherRehearsal();
    long end = System.nanoTime() + REHEARSAL_NS;
    for (int i = 0;
        i < REHEARSAL_RECORDS && !isOver.getAsBoolean() && System.nanoTime() < end;
        i++) {
      cipher.encryptOne();
    }
  }

  /** Encrypts one record, in its place as TLS does. */
  void encryptOne() {
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
