/// File systems that do not tell of all changes: of those that other machines, or other views of the same files, make.
enum FileSystemKinds {
    private static let silent: [UInt64: String] = [
        0x6969: "NFS", 0xff53_4d42: "CIFS", 0xfe53_4d42: "SMB", 0x517b: "SMB", 0x6573_5546: "FUSE", 0x0102_1997: "9p",
        0x794c_7630: "overlay", 0x00c3_6400: "Ceph", 0x5346_414f: "AFS", 0x6b41_4653: "AFS", 0x0bd0_0bd0: "Lustre",
        0x4750_4653: "GPFS", 0x7461_636f: "OCFS2", 0x0116_1970: "GFS2", 0x786f_4256: "vboxsf", 0xbacb_acbc: "vmhgfs",
        0x7375_7245: "Coda", 0xf15f: "eCryptfs", 0x1983_0326: "BeeGFS",
    ]

    /// The name of a file system that must be polled.
    static func silent(_ kind: UInt64) -> String? { silent[kind & 0xffff_ffff] }

    /// Whether the answers of its leases are about this machine only, so that they tell of writers.
    static func tellsWriters(_ kind: UInt64) -> Bool {
        guard let name = silent(kind) else { return true }
        return ["overlay", "FUSE", "eCryptfs"].contains(name)
    }
}
