/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.trust.authority;

import io.podtap.core.trust.Identity;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A certificate authority that signs certificates, all of it as PEM: for trying out, for tests, and
 * for a server that is its own authority.
 *
 * <p>Works by the JDK's keytool, which is part of the runtime image: the JDK has no public way to
 * make a certificate inside a program. Each certificate takes about half a second of CPU.
 *
 * @param certificate the authority's own certificate
 * @param key its private key, PKCS #8
 */
public record Authority(String certificate, String key) {

  private static final String PASSWORD_VARIABLE = "KEYTOOL_PASSWORD";
  private static final String AUTHORITY = "authority";
  private static final String ISSUED = "issued";

  /** What a certificate is good for; a server that is shown a client's certificate refuses it. */
  public enum Usage {
    SERVER("serverAuth"),
    CLIENT("clientAuth");

    private final String extended;

    Usage(String extended) {
      this.extended = extended;
    }
  }

  /** The kind of a certificate's key. */
  public enum KeyKind {
    EC("-groupname", "secp256r1"),
    RSA("-keysize", "2048");

    private final String sizeOption;
    private final String size;

    KeyKind(String sizeOption, String size) {
      this.sizeOption = sizeOption;
      this.size = size;
    }
  }

  /**
   * What is asked for.
   *
   * @param subject common name
   * @param names alternative names as {@code dns:a.example}, {@code ip:192.0.2.1}, {@code
   *     uri:spiffe://a/b}
   * @param days from now, may be negative for one that has ended already
   */
  public record Request(
      String subject, List<String> names, Usage usage, KeyKind keyKind, int days) {

    public Request {
      names = List.copyOf(names);
    }

    /** As above, with a key on an elliptic curve. */
    public Request(String subject, List<String> names, Usage usage, int days) {
      this(subject, names, usage, KeyKind.EC, days);
    }
  }

  /**
   * What was signed.
   *
   * @param chain its certificate, then the authority's
   * @param key its private key, PKCS #8
   */
  public record Issued(String chain, String key) {}

  /**
   * Makes a new authority.
   *
   * @throws IOException when keytool refuses, with what it said
   */
  public static Authority make(String subject, int days) throws IOException {
    try (Store store = Store.create()) {
      store.generate(
          AUTHORITY, KeyKind.EC, "CN=" + subject, days, List.of("-ext", "bc:critical=ca:true"));
      return new Authority(store.chain(AUTHORITY), store.key(AUTHORITY));
    } catch (GeneralSecurityException e) {
      throw new IOException("the key store that keytool made", e);
    }
  }

  /**
   * Signs a certificate with a new key.
   *
   * @throws IOException when keytool refuses, with what it said, or this authority is none
   */
  public Issued issue(Request request) throws IOException {
    try (Store store = Store.create()) {
      store.put(AUTHORITY, Identity.parse(certificate, key));
      List<String> options =
          new ArrayList<>(
              List.of(
                  "-signer",
                  AUTHORITY,
                  "-ext",
                  "eku=" + request.usage().extended,
                  "-ext",
                  "ku:critical=digitalSignature"));
      if (!request.names().isEmpty()) {
        options.addAll(List.of("-ext", "san=" + String.join(",", request.names())));
      }
      if (request.days() < 0) {
        options.addAll(List.of("-startdate", (2 * request.days()) + "d"));
      }
      store.generate(
          ISSUED, request.keyKind(), "CN=" + request.subject(), Math.abs(request.days()), options);
      return new Issued(store.chain(ISSUED), store.key(ISSUED));
    } catch (GeneralSecurityException e) {
      throw new IOException("the authority's certificate and key: " + e.getMessage(), e);
    }
  }

  /** A key store in a folder of its own that nobody else may read, with a password of its own. */
  private static final class Store implements AutoCloseable {

    private final Path folder;
    private final Path file;
    private final String password;

    private Store(Path folder, String password) {
      this.folder = folder;
      this.password = password;
      file = folder.resolve("keys.p12");
    }

    static Store create() throws IOException {
      byte[] random = new byte[16];
      new SecureRandom().nextBytes(random);
      return new Store(
          Files.createTempDirectory("podtap-certificate"), HexFormat.of().formatHex(random));
    }

    void generate(String alias, KeyKind kind, String name, int days, List<String> more)
        throws IOException {
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                  // It runs for a second: compiling well costs more than it returns.
                  "-J-XX:TieredStopAtLevel=1",
                  "-J-XX:+UseSerialGC",
                  "-genkeypair",
                  "-alias",
                  alias,
                  "-dname",
                  name,
                  "-validity",
                  Integer.toString(days),
                  "-keystore",
                  file.toString(),
                  "-storetype",
                  "PKCS12",
                  "-storepass:env",
                  PASSWORD_VARIABLE));
      command.addAll(List.of("-keyalg", kind.name(), kind.sizeOption, kind.size));
      command.addAll(more);
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().put(PASSWORD_VARIABLE, password);
      Process process = builder.start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      try {
        if (process.waitFor() != 0) {
          throw new IOException("keytool: " + said.strip());
        }
      } catch (InterruptedException e) {
        process.destroy();
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while keytool ran", e);
      }
    }

    void put(String alias, Identity identity) throws IOException, GeneralSecurityException {
      KeyStore keys = load(null);
      keys.setKeyEntry(
          alias,
          identity.key(),
          password.toCharArray(),
          identity.chain().toArray(Certificate[]::new));
      try (OutputStream out = Files.newOutputStream(file)) {
        keys.store(out, password.toCharArray());
      }
    }

    String chain(String alias) throws IOException, GeneralSecurityException {
      StringBuilder chain = new StringBuilder();
      for (Certificate certificate : load(file).getCertificateChain(alias)) {
        chain.append(Pem.block("CERTIFICATE", certificate.getEncoded()));
      }
      return chain.toString();
    }

    String key(String alias) throws IOException, GeneralSecurityException {
      Key key = load(file).getKey(alias, password.toCharArray());
      return Pem.block("PRIVATE KEY", key.getEncoded());
    }

    private KeyStore load(@Nullable Path from) throws IOException, GeneralSecurityException {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      if (from == null) {
        keys.load(null, null);
        return keys;
      }
      try (InputStream in = Files.newInputStream(from)) {
        keys.load(in, password.toCharArray());
      }
      return keys;
    }

    @Override
    public void close() throws IOException {
      Files.deleteIfExists(file);
      Files.deleteIfExists(folder);
    }
  }
}
