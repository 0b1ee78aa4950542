/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.x509;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What object identifiers of keys, signatures and curves are called: OpenSSL's long names, and its
 * short ones for curves.
 *
 * @see "RFC 3279; RFC 4055; RFC 5758; RFC 8410; NIST CSOR"
 */
final class AlgorithmNames {

  private static final String RSA = "1.2.840.113549.1.1.";
  private static final String NIST_SIGNATURES = "2.16.840.1.101.3.4.3.";

  private static final Map<String, String> NAMES = names();
  private static final Map<String, Curve> CURVES = curves();

  /**
   * A named curve.
   *
   * @param orderBits bits of its order, which are the bits of a key
   */
  record Curve(String name, int orderBits) {}

  private AlgorithmNames() {}

  private static Map<String, String> names() {
    Map<String, String> names = HashMap.newHashMap(128);
    names.put(RSA + 1, "rsaEncryption");
    names.put(RSA + 2, "md2WithRSAEncryption");
    names.put(RSA + 3, "md4WithRSAEncryption");
    names.put(RSA + 4, "md5WithRSAEncryption");
    names.put(RSA + 5, "sha1WithRSAEncryption");
    names.put(RSA + 7, "rsaesOaep");
    names.put(RSA + 10, "rsassaPss");
    names.put(RSA + 11, "sha256WithRSAEncryption");
    names.put(RSA + 12, "sha384WithRSAEncryption");
    names.put(RSA + 13, "sha512WithRSAEncryption");
    names.put(RSA + 14, "sha224WithRSAEncryption");
    names.put(RSA + 15, "sha512-224WithRSAEncryption");
    names.put(RSA + 16, "sha512-256WithRSAEncryption");
    names.put("2.5.8.1.1", "rsa");
    names.put("1.3.14.3.2.3", "md5WithRSA");
    names.put("1.3.14.3.2.12", "dsaEncryption-old");
    names.put("1.3.14.3.2.13", "dsaWithSHA");
    names.put("1.3.14.3.2.15", "shaWithRSAEncryption");
    names.put("1.3.14.3.2.27", "dsaWithSHA1-old");
    names.put("1.3.14.3.2.29", "sha1WithRSA");
    names.put("1.3.36.3.3.1.2", "ripemd160WithRSA");
    names.put("1.2.840.113549.1.3.1", "dhKeyAgreement");
    names.put("1.2.840.10046.2.1", "X9.42 DH");
    names.put("1.2.840.10040.4.1", "dsaEncryption");
    names.put("1.2.840.10040.4.3", "dsaWithSHA1");
    names.put("1.2.840.10045.2.1", "id-ecPublicKey");
    names.put("1.2.840.10045.4.1", "ecdsa-with-SHA1");
    names.put("1.2.840.10045.4.2", "ecdsa-with-Recommended");
    names.put("1.2.840.10045.4.3", "ecdsa-with-Specified");
    names.put("1.2.840.10045.4.3.1", "ecdsa-with-SHA224");
    names.put("1.2.840.10045.4.3.2", "ecdsa-with-SHA256");
    names.put("1.2.840.10045.4.3.3", "ecdsa-with-SHA384");
    names.put("1.2.840.10045.4.3.4", "ecdsa-with-SHA512");
    names.put("1.3.101.110", "X25519");
    names.put("1.3.101.111", "X448");
    names.put("1.3.101.112", "ED25519");
    names.put("1.3.101.113", "ED448");
    names.put("1.2.156.10197.1.501", "SM2-with-SM3");
    names.put("1.2.156.10197.1.504", "sm3WithRSAEncryption");
    names.put("1.2.643.2.2.3", "GOST R 34.11-94 with GOST R 34.10-2001");
    names.put("1.2.643.2.2.4", "GOST R 34.11-94 with GOST R 34.10-94");
    names.put("1.2.643.2.2.19", "GOST R 34.10-2001");
    names.put("1.2.643.2.2.20", "GOST R 34.10-94");
    names.put("1.2.643.7.1.1.1.1", "GOST R 34.10-2012 with 256 bit modulus");
    names.put("1.2.643.7.1.1.1.2", "GOST R 34.10-2012 with 512 bit modulus");
    names.put("1.2.643.7.1.1.3.2", "GOST R 34.10-2012 with GOST R 34.11-2012 (256 bit)");
    names.put("1.2.643.7.1.1.3.3", "GOST R 34.10-2012 with GOST R 34.11-2012 (512 bit)");
    String[] hashes = {"224", "256", "384", "512"};
    for (int i = 0; i < hashes.length; i++) {
      names.put(NIST_SIGNATURES + (1 + i), "dsa_with_SHA" + hashes[i]);
      names.put(NIST_SIGNATURES + (5 + i), "dsa_with_SHA3-" + hashes[i]);
      names.put(NIST_SIGNATURES + (9 + i), "ecdsa_with_SHA3-" + hashes[i]);
      names.put(NIST_SIGNATURES + (13 + i), "RSA-SHA3-" + hashes[i]);
    }
    names.put(NIST_SIGNATURES + 17, "ML-DSA-44");
    names.put(NIST_SIGNATURES + 18, "ML-DSA-65");
    names.put(NIST_SIGNATURES + 19, "ML-DSA-87");
    String[] forms = {"128s", "128f", "192s", "192f", "256s", "256f"};
    for (int i = 0; i < forms.length; i++) {
      names.put(NIST_SIGNATURES + (20 + i), "SLH-DSA-SHA2-" + forms[i]);
      names.put(NIST_SIGNATURES + (26 + i), "SLH-DSA-SHAKE-" + forms[i]);
    }
    names.put("2.16.840.1.101.3.4.4.1", "ML-KEM-512");
    names.put("2.16.840.1.101.3.4.4.2", "ML-KEM-768");
    names.put("2.16.840.1.101.3.4.4.3", "ML-KEM-1024");
    return Map.copyOf(names);
  }

  private static Map<String, Curve> curves() {
    String file = "curves.txt";
    Map<String, Curve> curves = HashMap.newHashMap(128);
    try (InputStream in =
            Objects.requireNonNull(AlgorithmNames.class.getResourceAsStream(file), file);
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          int bits = line.indexOf(' ');
          int name = line.indexOf(' ', bits + 1);
          curves.put(
              line.substring(0, bits),
              new Curve(
                  line.substring(name + 1),
                  Integer.parseInt(line, bits + 1, name, /* radix= */ 10)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.copyOf(curves);
  }

  /** Returns the name of an algorithm, or its object identifier where there is none. */
  static String algorithm(String objectIdentifier) {
    return NAMES.getOrDefault(objectIdentifier, objectIdentifier);
  }

  /** Returns the name of an algorithm of signatures; empty where there is none, as in Zeek. */
  static String signature(String objectIdentifier) {
    return NAMES.getOrDefault(objectIdentifier, "");
  }

  /** Returns a curve, or null for one without a name. */
  static @Nullable Curve curve(String objectIdentifier) {
    return CURVES.get(objectIdentifier);
  }
}
