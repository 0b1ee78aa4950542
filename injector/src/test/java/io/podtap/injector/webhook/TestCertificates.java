package io.podtap.injector.webhook;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * {@code tls.crt} and {@code tls.key} of 127.0.0.1, made by keytool, and clients that trust them.
 */
public final class TestCertificates {

  private static final String PASSWORD = "changeit";

  private TestCertificates() {}

  public static Certificate write(Path folder, String algorithm, boolean isPkcs1) throws Exception {
    Path store = Files.createTempFile("podtap-test", ".p12");
    Files.delete(store);
    try {
      keytool(store, algorithm);
      KeyStore keys = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(store)) {
        keys.load(in, PASSWORD.toCharArray());
      }
      byte[] key = keys.getKey("server", PASSWORD.toCharArray()).getEncoded();
      Certificate certificate = keys.getCertificate("server");
      String crt = pem("CERTIFICATE", certificate.getEncoded());
      // PKCS #8 of a 2048-bit RSA key: 26 bytes, then PKCS #1
      String pem =
          isPkcs1
              ? pem("RSA PRIVATE KEY", java.util.Arrays.copyOfRange(key, 26, key.length))
              : pem("PRIVATE KEY", key);
      Files.writeString(folder.resolve("tls.key"), pem);
      Files.writeString(folder.resolve("tls.crt"), crt);
      return certificate;
    } finally {
      Files.deleteIfExists(store);
    }
  }

  private static void keytool(Path store, String algorithm)
      throws IOException, InterruptedException {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                algorithm,
                "-dname",
                "CN=webhook",
                "-ext",
                "san=ip:127.0.0.1,dns:localhost",
                "-validity",
                "30",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (keytool.waitFor() != 0) {
      throw new IllegalStateException("keytool: " + output);
    }
  }

  private static String pem(String kind, byte[] bytes) {
    return "-----BEGIN "
        + kind
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
        + "\n-----END "
        + kind
        + "-----\n";
  }

  static SSLContext trusting(Certificate... certificates)
      throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    for (Certificate certificate : certificates) {
      trusted.setCertificateEntry("c" + trusted.size(), certificate);
    }
    TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }
}
