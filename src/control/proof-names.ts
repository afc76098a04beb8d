/** Beside the sockets: where those who steer prove who they are. */
export const PROOF_DIRECTORY = 'asked'

/** Names the proof of who asks. */
export const PROOF_HEADER = 'rcron-proof'

/** For whom root, or the daemon's own account, asks. */
export const SUDO_HEADER = 'rcron-sudo-user'
