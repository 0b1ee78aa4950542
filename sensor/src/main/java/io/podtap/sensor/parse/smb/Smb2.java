package io.podtap.sensor.parse.smb;

import io.podtap.sensor.parse.Payload;
import java.nio.charset.StandardCharsets;

/** Numbers and names of SMB 2, the least significant byte first. */
final class Smb2 {

  static final int HEADER = 64;
  static final int TREE_CONNECT = 3;
  static final int CREATE = 5;
  static final int CLOSE = 6;
  static final int READ = 8;
  static final int WRITE = 9;
  static final int SET_INFO = 17;

  /** Bytes of a name that are kept, in UTF-16. */
  private static final int NAME_MAX = 2_048;

  private Smb2() {}

  static int u16(Payload p, int at) {
    return Math.max(0, p.u8(at)) | Math.max(0, p.u8(at + 1)) << 8;
  }

  static long u32(Payload p, int at) {
    return u16(p, at) | (long) u16(p, at + 2) << 16;
  }

  static long u64(Payload p, int at) {
    return u32(p, at) | u32(p, at + 4) << 32;
  }

  /** Returns a name as UTF-8, one character a byte. */
  static String name(Payload p, int at, int length) {
    byte[] wide = p.copy(at, Math.min(length, NAME_MAX));
    byte[] narrow = new String(wide, StandardCharsets.UTF_16LE).getBytes(StandardCharsets.UTF_8);
    return new String(narrow, StandardCharsets.ISO_8859_1);
  }
}
