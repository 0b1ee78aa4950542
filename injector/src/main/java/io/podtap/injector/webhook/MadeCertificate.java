package io.podtap.injector.webhook;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * A new authority, and a server's key and certificate signed by it, as PEM. The authority's key is
 * thrown away: it signs this one certificate.
 *
 * <p>Made by the JDK's keytool, which is part of the runtime image: the JDK has no public way to
 * make a certificate inside a program.
 *
 * @param chain the server's certificate and the authority's
 */
record MadeCertificate(String chain, String key, String authority) {

  private static final String PASSWORD_VARIABLE = "KEYTOOL_PASSWORD";

  /**
   * Makes one; takes about a second of CPU.
   *
   * @param names DNS names of the server, the first is its subject too
   * @throws IOException when keytool refuses, with what it said
   */
  static MadeCertificate make(List<String> names, int days) throws IOException {
    Path folder = Files.createTempDirectory("podtap-certificate");
    Path store = folder.resolve("keys.p12");
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    String password = HexFormat.of().formatHex(random);
    try {
      List<String> common =
          List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", Integer.toString(days));
      String ca = "CN=podtap-webhook-authority-" + password.substring(0, 8);
      keytool(store, password, common, "-alias", "ca", "-dname", ca, "-ext", "bc:c=ca:true");
      keytool(
          store,
          password,
          common,
          Stream.concat(
                  Stream.of(
                      "-alias", "server", "-dname", "CN=" + names.getFirst(), "-signer", "ca"),
                  Stream.of(
                      "-ext",
                      "san=" + String.join(",", names.stream().map(name -> "dns:" + name).toList()),
                      "-ext",
                      "eku=serverAuth"))
              .toArray(String[]::new));
      return read(store, password.toCharArray());
    } catch (GeneralSecurityException e) {
      throw new IOException("the key store that keytool made", e);
    } finally {
      Files.deleteIfExists(store);
      Files.deleteIfExists(folder);
    }
  }

  private static void keytool(Path store, String password, List<String> common, String... more)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass:env",
                PASSWORD_VARIABLE));
    command.addAll(common);
    command.addAll(List.of(more));
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

  private static MadeCertificate read(Path store, char[] password)
      throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, password);
    }
    Key key = keys.getKey("server", password);
    StringBuilder chain = new StringBuilder();
    for (Certificate certificate : keys.getCertificateChain("server")) {
      chain.append(pem("CERTIFICATE", certificate.getEncoded()));
    }
    return new MadeCertificate(
        chain.toString(),
        pem("PRIVATE KEY", key.getEncoded()),
        pem("CERTIFICATE", keys.getCertificate("ca").getEncoded()));
  }

  private static String pem(String kind, byte[] bytes) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n";
  }
}
