/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.rdp;

import io.podtap.sensor.parse.Payload;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads the blocks of settings that client and server exchange inside a conference request of
 * T.124; numbers have the least significant byte first. Stateless.
 *
 * <pre>
 *   0                   1                   2                   3
 *   +-------------------+-------------------+----------- - - -
 *   | type, 2 bytes     | length, 2 bytes   | settings
 *   +-------------------+-------------------+----------- - - -
 * </pre>
 *
 * @see "[MS-RDPBCGR] 2.2.1.3 and 2.2.1.4; ITU-T T.124 section 8.7; ITU-T X.691"
 */
final class ConferenceData {

  private static final int KEY_BYTES = 4;
  private static final int KEY_LOOK_BYTES_MAX = 64;
  private static final int RESULT_BEFORE_KEY = 4;
  private static final int BLOCKS_MAX = 32;
  private static final int BLOCK_HEADER = 4;

  private static final int CLIENT_CORE = 0xC001;
  private static final int CLIENT_NETWORK = 0xC003;
  private static final int SERVER_SECURITY = 0x0C02;

  private static final int CHANNELS_MAX = 1_000;
  private static final int CHANNEL_BYTES = 12;
  private static final int CHANNEL_NAME_BYTES = 8;

  private static final int WIDTH = 4;
  private static final int HEIGHT = 6;
  private static final int LAYOUT = 12;
  private static final int BUILD = 16;
  private static final int NAME = 20;
  private static final int NAME_BYTES = 32;
  private static final int COLOR_DEPTH = 136;
  private static final int EARLY_FLAGS = 140;
  private static final int WANTS_32_BITS = 0x0002;
  private static final int PRODUCT_ID = 142;
  private static final int PRODUCT_ID_BYTES = 64;

  private static final int SERVER_RANDOM = 16;
  private static final long KIND_MASK = 0x7FFF_FFFFL;
  private static final long CERTIFICATES_MAX = 200;

  private ConferenceData() {}

  /**
   * Reads a request.
   *
   * @return whether it is one
   */
  static boolean readRequest(Payload data, RdpRow row) {
    int key = key(data, "Duca");
    if (key < 0) {
      return false;
    }
    readBlocks(blocks(data, key), row, _ -> {});
    return true;
  }

  /**
   * Reads a response.
   *
   * @param certificates takes certificates in the order of their chain; a view of {@code data}
   * @return whether it is one
   */
  static boolean readResponse(Payload data, RdpRow row, Consumer<Payload> certificates) {
    int key = key(data, "McDn");
    if (key < RESULT_BEFORE_KEY) {
      return false;
    }
    row.result = RdpNames.result((data.u8(key - RESULT_BEFORE_KEY) >>> 4) & 7);
    readBlocks(blocks(data, key), row, certificates);
    return true;
  }

  private static int key(Payload data, String key) {
    return new Payload().wrap(data, 0, KEY_LOOK_BYTES_MAX).indexOf(key, 0);
  }

  /** Returns what stands behind the key and a length of one or two bytes. */
  private static Payload blocks(Payload data, int key) {
    int at = key + KEY_BYTES;
    at += data.u8(at) >= 0x80 ? 2 : 1;
    return new Payload().wrap(data, at, data.length());
  }

  private static void readBlocks(Payload blocks, RdpRow row, Consumer<Payload> certificates) {
    for (int i = 0; i < BLOCKS_MAX && blocks.length() >= BLOCK_HEADER; i++) {
      int length = u16(blocks, 2);
      if (length < BLOCK_HEADER) {
        return;
      }
      Payload block = new Payload().wrap(blocks, BLOCK_HEADER, length - BLOCK_HEADER);
      switch (u16(blocks, 0)) {
        case CLIENT_CORE -> readCore(block, row);
        case CLIENT_NETWORK -> row.channels = channels(block);
        case SERVER_SECURITY -> readSecurity(block, row, certificates);
        default -> {}
      }
      blocks.skip(length);
    }
  }

  private static void readCore(Payload block, RdpRow row) {
    if (block.length() < NAME + NAME_BYTES) {
      return;
    }
    row.desktopWidth = u16(block, WIDTH);
    row.desktopHeight = u16(block, HEIGHT);
    row.keyboardLayout = RdpNames.layout(u32(block, LAYOUT));
    row.clientBuild = RdpNames.build(u32(block, BUILD));
    row.clientName = text(block, NAME, NAME_BYTES);
    if (block.length() >= EARLY_FLAGS + 2) {
      boolean wants32 = (u16(block, EARLY_FLAGS) & WANTS_32_BITS) != 0;
      row.colorDepth = wants32 ? "32bit" : RdpNames.colorDepth(u16(block, COLOR_DEPTH));
    }
    if (block.length() >= PRODUCT_ID + PRODUCT_ID_BYTES) {
      row.productId = text(block, PRODUCT_ID, PRODUCT_ID_BYTES);
    }
  }

  private static List<String> channels(Payload block) {
    long count = Math.min(u32(block, 0), CHANNELS_MAX);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count && 4 + i * CHANNEL_BYTES < block.length(); i++) {
      String name = block.text(4 + i * CHANNEL_BYTES, CHANNEL_NAME_BYTES);
      int end = name.length();
      while (end > 0 && name.charAt(end - 1) == 0) {
        end--;
      }
      names.add(name.substring(0, end));
    }
    return names;
  }

  private static void readSecurity(Payload block, RdpRow row, Consumer<Payload> certificates) {
    if (block.length() < 8) {
      return;
    }
    row.encryptionMethod = RdpNames.encryptionMethod(u32(block, 0));
    row.encryptionLevel = RdpNames.encryptionLevel(u32(block, 4));
    long randomBytes = u32(block, 8);
    long certificateBytes = u32(block, 12);
    if (randomBytes < 0 || randomBytes > block.length() || certificateBytes < 4) {
      return;
    }
    int at = SERVER_RANDOM + (int) randomBytes;
    long version = u32(block, at);
    if (version < 0) {
      return;
    }
    row.certificateKind = RdpNames.certificateKind(version & KIND_MASK);
    row.certificateIsPermanent = version >>> 31 == 0 ? 1 : 0;
    row.certificates = (version & KIND_MASK) == 2 ? certificates(block, at + 4, certificates) : 1;
  }

  /** Hands on the certificates that are really there; returns how many they are. */
  private static long certificates(Payload block, int start, Consumer<Payload> certificates) {
    long announced = Math.min(u32(block, start), CERTIFICATES_MAX);
    long at = start + 4L;
    long count = 0;
    while (count < announced && at < block.length() && u32(block, (int) at) > 0) {
      int length = (int) Math.min(u32(block, (int) at), block.length());
      certificates.accept(new Payload().wrap(block, (int) at + 4, length));
      at += 4 + u32(block, (int) at);
      count++;
    }
    return count;
  }

  /** UTF-16 up to the first zero, as UTF-8 of one char a byte. */
  private static String text(Payload block, int at, int bytes) {
    StringBuilder text = new StringBuilder();
    for (int i = at; i < at + bytes && u16(block, i) > 0; i += 2) {
      text.append((char) u16(block, i));
    }
    byte[] encoded = text.toString().getBytes(StandardCharsets.UTF_8);
    return new String(encoded, StandardCharsets.ISO_8859_1);
  }

  private static int u16(Payload data, int at) {
    int value = data.u16(at);
    return value < 0 ? -1 : Short.toUnsignedInt(Short.reverseBytes((short) value));
  }

  private static long u32(Payload data, int at) {
    long value = data.u32(at);
    return value < 0 ? -1 : Integer.toUnsignedLong(Integer.reverseBytes((int) value));
  }
}
