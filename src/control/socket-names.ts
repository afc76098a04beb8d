/** The socket of those who steer. */
export const CONTROL_SOCKET = 'control.sock'

/** The socket of those who look. */
export const VIEW_SOCKET = 'view.sock'
