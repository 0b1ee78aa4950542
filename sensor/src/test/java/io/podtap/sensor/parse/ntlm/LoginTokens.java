/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ntlm;

import io.podtap.sensor.dispatch.LittleBytes;
import java.nio.charset.StandardCharsets;

/** Tokens of logins, made by hand: NTLM, SPNEGO around it, Kerberos. */
public final class LoginTokens {

  private static final String SPNEGO = "\u0006\u0006+\u0006\u0001\u0005\u0005\u0002";
  private static final String KERBEROS = "*\u0086H\u0086\u00f7\u0012\u0001\u0002\u0002";

  private LoginTokens() {}

  /** Returns bytes as a text of one character a byte. */
  public static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Returns an element of BER. */
  public static String element(int tag, String content) {
    int length = content.length();
    String header =
        length < 0x80
            ? "" + (char) length
            : "\u0082" + (char) (length >> 8) + (char) (length & 0xFF);
    return (char) tag + header + content;
  }

  /** Returns the client's first message. */
  public static byte[] negotiate() {
    return new LittleBytes().text("NTLMSSP\u0000").u32(1).u32(0x0000_0207).zeros(16).array();
  }

  /** Returns the server's message: the names of its computer. */
  public static byte[] challenge(boolean hasEnd) {
    LittleBytes pairs = new LittleBytes();
    pairs.u16(1, 6).wide("SRV").u16(2, 6).wide("DOM").u16(3, 14).wide("srv.lan");
    pairs.u16(5, 6).wide("lan");
    byte[] list = (hasEnd ? pairs.u16(0, 0) : pairs).array();
    return new LittleBytes()
        .text("NTLMSSP\u0000")
        .u32(2)
        .u16(6, 6)
        .u32(48)
        .u32(0x0080_0205)
        .zeros(16)
        .u16(list.length, list.length)
        .u32(54)
        .wide("DOM")
        .put(list)
        .array();
  }

  /** Returns the client's second message. */
  public static byte[] authenticate(String domain, String user, String computer) {
    LittleBytes bytes = new LittleBytes().text("NTLMSSP\u0000").u32(3);
    int at = 64;
    bytes.u16(24, 24).u32(at).u16(24, 24).u32(at + 24);
    at += 48;
    for (String name : new String[] {domain, user, computer}) {
      bytes.u16(2 * name.length(), 2 * name.length()).u32(at);
      at += 2 * name.length();
    }
    bytes.u16(0, 0).u32(at).u32(0x0000_0205).zeros(48);
    return bytes.wide(domain).wide(user).wide(computer).array();
  }

  /** Returns SPNEGO's first token with a mechanism's token inside. */
  public static String first(String token) {
    String fields = element(0xA2, element(0x04, token));
    return element(0x60, SPNEGO + element(0xA0, element(0x30, fields)));
  }

  /** Returns a later token of SPNEGO; state -1 is left out, so is an empty token. */
  public static String further(int state, String token) {
    String fields = state < 0 ? "" : element(0xA0, element(0x0A, "" + (char) state));
    fields += token.isEmpty() ? "" : element(0xA2, element(0x04, token));
    return element(0xA1, element(0x30, fields));
  }

  /** Returns a token of Kerberos in its frame. */
  public static String kerberos(String message) {
    return element(0x60, element(0x06, KERBEROS) + "\u0001\u0000" + message);
  }

  /** Returns a ticket being shown. */
  public static String apRequest() {
    String name = element(0xA0, element(2, "\u0002"));
    name += element(0xA1, element(0x30, element(0x1B, "cifs") + element(0x1B, "srv")));
    String ticket = element(0xA0, element(2, "\u0005")) + element(0xA1, element(0x1B, "LAN.EX"));
    ticket += element(0xA2, element(0x30, name));
    ticket += element(0xA3, element(0x30, element(0xA0, element(2, "\u0012"))));
    String fields = element(0xA0, element(2, "\u0005")) + element(0xA1, element(2, "\u000e"));
    fields += element(0xA2, element(3, "\u0000\u0000\u0000\u0000\u0000"));
    fields += element(0xA3, element(0x61, element(0x30, ticket)));
    return element(0x6E, element(0x30, fields));
  }

  /** Returns the answer to it. */
  public static String apResponse() {
    return element(0x6F, element(0x30, element(0xA0, element(2, "\u0005"))));
  }
}
