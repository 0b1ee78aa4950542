/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.trust;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A private key and the certificates that prove it, from PEM.
 *
 * @param chain its own certificate first
 * @see "RFC 7468 (PEM), RFC 5958 (PKCS #8), RFC 8017 appendix A.1.2 (PKCS #1), RFC 5915 (EC)"
 */
public record Identity(PrivateKey key, List<X509Certificate> chain) {

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----([^-]+)-----END \\1-----");

  private static final byte[] VERSION = {0x02, 0x01, 0x00};
  private static final byte SEQUENCE = 0x30;
  private static final byte OCTET_STRING = 0x04;

  /**
   * Reads an identity and tries it.
   *
   * @param certificates what cert-manager calls {@code tls.crt}
   * @param key {@code tls.key}: PKCS #8, PKCS #1 as cert-manager writes it by default, or RFC 5915
   * @throws GeneralSecurityException when either is malformed or they do not belong together
   */
  public static Identity parse(String certificates, String key) throws GeneralSecurityException {
    try {
      return read(certificates, key);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) { // base64, DER
      throw new GeneralSecurityException("malformed: " + e.getMessage(), e);
    } catch (RuntimeException e) { // what else the JDK's providers make of damaged bytes
      throw new GeneralSecurityException("malformed: " + e, e);
    }
  }

  private static Identity read(String certificates, String key) throws GeneralSecurityException {
    List<X509Certificate> chain = Anchors.parse(certificates.getBytes(StandardCharsets.US_ASCII));
    PublicKey publicKey = chain.getFirst().getPublicKey();
    PrivateKey privateKey =
        KeyFactory.getInstance(publicKey.getAlgorithm())
            .generatePrivate(new PKCS8EncodedKeySpec(pkcs8(key, publicKey)));
    requirePair(privateKey, publicKey);
    return new Identity(privateKey, chain);
  }

  private static byte[] pkcs8(String pem, PublicKey publicKey) throws GeneralSecurityException {
    Matcher matcher = BLOCK.matcher(pem);
    if (!matcher.find()) {
      throw new GeneralSecurityException(
          "there is no PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY in it");
    }
    byte[] bytes = Base64.getMimeDecoder().decode(matcher.group(2));
    return matcher.group(1).equals("PRIVATE KEY")
        ? bytes
        : element(SEQUENCE, VERSION, algorithm(publicKey), element(OCTET_STRING, bytes));
  }

  /** Returns the AlgorithmIdentifier, with which a public key's encoding begins (RFC 5280 4.1). */
  private static byte[] algorithm(PublicKey publicKey) {
    byte[] encoded = publicKey.getEncoded();
    int start = (encoded[1] & 0x80) == 0 ? 2 : 2 + (encoded[1] & 0x7F);
    return Arrays.copyOfRange(encoded, start, start + 2 + encoded[start + 1]);
  }

  /** Returns a DER element with the contents, one after another. */
  private static byte[] element(byte tag, byte[]... contents) {
    ByteArrayOutputStream inner = new ByteArrayOutputStream();
    for (byte[] content : contents) {
      inner.writeBytes(content);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    out.write(0x82); // two bytes of length: longer than need be for short ones, which no key is
    out.write(inner.size() >> 8);
    out.write(inner.size());
    out.writeBytes(inner.toByteArray());
    return out.toByteArray();
  }

  private static void requirePair(PrivateKey key, PublicKey publicKey)
      throws GeneralSecurityException {
    Signature signature =
        Signature.getInstance(
            key.getAlgorithm().equals("RSA")
                ? "SHA256withRSA"
                : key.getAlgorithm().startsWith("EC") ? "SHA256withECDSA" : key.getAlgorithm());
    byte[] text = {1, 2, 3};
    signature.initSign(key);
    signature.update(text);
    byte[] signed = signature.sign();
    signature.initVerify(publicKey);
    signature.update(text);
    if (!signature.verify(signed)) {
      throw new GeneralSecurityException("key and certificate do not belong together");
    }
  }

  /** Returns when its certificate ends. */
  public Instant end() {
    return chain.getFirst().getNotAfter().toInstant();
  }
}
