extension Configuration {
    /// A file to begin with, which explains every key; what `drop360 config --example` prints.
    ///
    /// It parses as it is where the environment has `COGNITE_CLIENT_ID` and `COGNITE_CLIENT_SECRET`.
    package static let example = #"""
        # The configuration of drop360, usually /etc/drop360/config.yaml.
        #
        # - A key that drop360 does not know is an error, and so is a value that it cannot read; all of them are
        #   printed at once, with their lines. `drop360 config` prints what is in effect.
        # - ${NAME} in a value without quotes is taken from the environment. In quotes everything stands for itself.
        # - Durations: 300ms, 2s, 5m, 1h, 30d. Rates: 20Mbit/s, 4MB/s.
        # - What is commented out is optional. Where a value is shown behind '#' it is the default, unless it says 'for instance'.

        version: 1                                  # of this format

        cognite:
          host: https://westeurope-1.cognitedata.com  # the cluster of your project
          project: plant
          idp-authentication:
            # Microsoft Entra: the tenant. Any other identity provider: token-url instead of it.
            tenant: 00000000-0000-0000-0000-000000000000
            # authority: https://login.microsoftonline.com
            # token-url: for instance https://login.example.com/oauth2/token
            client-id: ${COGNITE_CLIENT_ID}
            # The secret: here, or in a file, or (with neither key) in the systemd credential 'cognite-secret'. A changed file is
            # read by itself; a changed credential needs a restart of the service.
            secret: ${COGNITE_CLIENT_SECRET}
            # secret-file: for instance /etc/drop360/secret
            # Or a certificate with its key in place of the secret: PEM, or .pfx. The file is read again for each token.
            # certificate: for instance {path: /etc/drop360/login.pem}   # and password or password-file, authority-url
            # A list, or one text with spaces between. With a tenant the default is the host and /.default
            scopes: [https://westeurope-1.cognitedata.com/.default]
            # resource: only where your identity provider asks for it
            # audience: only where your identity provider asks for it
            # min-ttl: 30s                          # a token is renewed when it has less than this left
          data-set: {external-id: ds_360}           # where the files belong; or {id: 123}. Without it: to no data set
          # extraction-pipeline: {external-id: ep_360}  # accepted, not acted on by this version
          # timeout: 30s                            # for one request that carries no file, to the end of its answer
          # How connections leave this machine: to CDF, to the identity provider and to where files are uploaded.
          # connection:
          #   proxy: for instance http://proxy.example:3128   # or from-environment: what HTTPS_PROXY and NO_PROXY say
          #   proxy-user: for instance drop360      # where the proxy asks for it
          #   proxy-password: ${PROXY_PASSWORD}     # or proxy-password-file, or the systemd credential 'proxy-password'
          #   no-proxy: []                          # without the proxy: for instance [cdf.example.com, .corp, 10.0.0.0/8]
          #   ca-file: for instance /etc/drop360/company-ca.pem   # trusted besides the machine's own authorities
          #   min-tls: 1.2                          # or 1.3

        target:
          model: image360                           # the only one that this version writes
          space: plant_360                          # where the instances are written; it must exist
          external-id-prefix: ""                    # goes in front of every external id; never change it later

        # Holds ledger.sqlite, the memory of drop360. A local disk, outside of every inbox.
        state: /var/lib/drop360

        # The folders that crews copy their stations to. None may lie in another.
        inboxes:
          - path: /srv/drop360/inbox
            # For stations whose sidecar names no site. Without it: the name of the folder that the station lies in.
            # It is for every such station of the inbox: only where the whole inbox is one site.
            # site: for instance {id: site-a, name: Site A}
            after: keep                             # what happens to a delivered station; this version only knows keep
            reports: beside                         # words for the crew: beside the station's folder, off, or a folder's path
            settle: 2s                              # how long a folder must be quiet before it is looked at
            detection: auto                         # auto, inotify, or poll (for shares that tell nothing)
            # ignore: []                            # names to leave alone: ["*.bak", "preview_*"]; "!.recycle" looks into one
            # time-zone: for instance Europe/Oslo   # for capture times without a zone; such times are refused without it
            # offset: {x: 0, y: 0, z: 0}            # metres, subtracted from every position: the origin in a national grid
            # min-face: 512                         # pixels; smaller faces are refused
            # max-face: 16384                       # pixels; larger faces are refused
            # report-after: 15m                     # an incomplete station is reported after this time
            # pose-drift: reject                    # a known station at another place: reject, or accept
            # How the faces are named, where their names do not tell: krpano, pano2vr, py360convert, matterport-skybox,
            # leica-cubeface-a, leica-cubeface-b, gl-front-plus-z, gl-front-minus-z; or the six file names:
            # faces: for instance {front: cam1.jpg, back: cam3.jpg, left: cam4.jpg, right: cam2.jpg, top: cam5.jpg, bottom: cam6.jpg}
            # poses: for instance {preset: leica, frame: x-forward}   # how poses.csv is read, where its header does not tell
            # seams: warn                           # faces that look swapped or turned: warn, reject or off
            # equirect: refuse                      # one 2:1 panorama in place of six faces: refuse, or convert
            # e57: {model-id: 123}                  # accepted, not acted on by this version

        upload:
          concurrency: 6                            # files at a time, 1 to 64
          # bandwidth: 20Mbit/s                     # at most, over all uploads; also 4MB/s
          # timetable: "07:00,2Mbit/s 19:00,off"    # by local time; off: no limit but bandwidth

        dashboard: {listen: 127.0.0.1:3600}         # the status page; it asks for no password, so keep it on this machine
        # metrics: {listen: 127.0.0.1:9360}         # accepted, not acted on by this version
        logger: {level: info}                       # trace, debug, info, notice, warning, error or critical

        """#
}
