import { expect, it } from "vitest";
import { loadText } from "../../testing/config-text.ts";

const everything = `
host: web01
stacks_dir: /opt/stacks
extra_stacks: []
backup_dir: /var/backups/stackhold
log_dir: /var/log/stackhold
log_file: /var/log/all.log
log_level: info
state_dir: /var/lib/stackhold
include_data: true
skip_stop: [traefik]
log_retention_days: 14
docker: {host: unix:///var/run/docker.sock}
repositories:
  local: {type: archive, path: /var/backups/stackhold, compression: zstd, level: 3}
  offsite: {type: kopia, storage: {type: s3, bucket: b, prefix: p/, endpoint: "https://e", region: r, access_key_file: /s, secret_key_file: /s},
            password_file: /s, compression: zstd-fastest, encryption: AES256-GCM-HMAC-SHA256, cache: {dir: /c, max_bytes: 1000}, retention: {daily: 7, weekly: 4, monthly: 12, yearly: 2}}
  fs: {type: kopia, storage: {type: filesystem, path: /k}, password_file: /s}
  b2: {type: kopia, storage: {type: b2, bucket: b, key_id_file: /s, key_file: /s}, password_file: /s}
  azure: {type: kopia, storage: {type: azure, container: c, account: a, key_file: /s}, password_file: /s}
  gcs: {type: kopia, storage: {type: gcs, bucket: b, credentials_file: /s}, password_file: /s}
  sftp: {type: kopia, storage: {type: sftp, host: h, port: 22, user: u, path: /p, key_file: /s, known_hosts_file: /s}, password_file: /s}
  rclone: {type: kopia, storage: {type: rclone, remote: "r:p", config_file: /s}, password_file: /s}
  webdav: {type: kopia, storage: {type: webdav, url: "http://w", username: u, password_file: /s}, password_file: /s}
  tailscale: {type: kopia, storage: {type: tailscale, peer: p, user: u, path: /p, key_file: /s}, password_file: /s}
backup: {units: [], skip: [], scope: standard, quiesce: stop, freeze: auto, stop_timeout: null, start_timeout: 60, parallel: auto, parallel_units: 1,
         exclude: [], secrets: keep, max_age: 26h, groups: [], images: digest, update_recovery_bundle: false,
         hooks: {pre_backup: null, pre_freeze: null, post_freeze: null, post_backup: null, pre_restore: null, post_restore: null}}
units:
  nextcloud: {quiesce: pause, exclude: ["data/*/cache"], hooks: {pre_backup: [/opt/hooks/maintenance, "on"]}, retention: {daily: 14},
              repositories: [local], accept: ["volume:cache"]}
retention: {days: 28}
schedules: {nightly: {cron: "0 2 * * *", timezone: Europe/Berlin, jitter: 15m, catch_up: true, units: [], scope: standard, repositories: []}}
recovery: {path: /var/backups/stackhold-recovery, keep: 3, copies: []}
notifications: {email: {server: mail.example.org, port: 587, security: starttls, username: u, password_file: /s, from: a@example.org, to: [b@example.org],
                        subject_tag: "[backup]", on: [failure, warning, recovered, digest]}, channels: []}
server: {listen: 127.0.0.1:8000}
`;

it("takes every documented key", async () => {
  const { config, warnings } = await loadText(everything, {}, { "/s": "secret\n" });
  expect(warnings).toEqual([]);
  expect(Object.keys(config.repositories)).toHaveLength(10);
  expect(config.schedules.nightly).toMatchObject({ jitter: 900, timezone: "Europe/Berlin" });
  expect(config.notifications.email?.password?.reveal()).toBe("secret");
  expect(config.repositories.webdav).toMatchObject({ storage: { url: "http://w" } });
});
