package io.byssus.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What {@code byssus --version} tells: written into {@code version.properties} by the build. */
final class ByssusVersion implements IVersionProvider {
  private static final String FILE = "version.properties";

  @Override
  public String[] getVersion() throws IOException {
    Properties build = new Properties();
    try (InputStream file = ByssusVersion.class.getResourceAsStream(FILE)) {
      if (file != null) {
        build.load(file);
      }
    }
    return new String[] {
      "byssus " + build.getProperty("version", "(unknown version)"),
      "commit " + build.getProperty("commit", "unknown"),
      "date   " + build.getProperty("date", "unknown"),
      "java   " + Runtime.version()
    };
  }
}
